//! Definitions of real projects: each loads, or is refused with the place and the reason.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use portico_import::openapi::{self, NoFiles, Options};
use portico_model::Class;
use portico_testkit::definition::{self, Outcome};

/// What a deployment would have put in place of the names.
const SET: &[(&str, &str)] = &[
    ("AWS::StackName", "stack"),
    ("CrudDDB", "crud"),
    ("EventBusName", "bus"),
    ("MainQueue.QueueName", "queue"),
    ("MyBus", "bus"),
    ("MySQSQueue", "queue"),
    ("MySqsQueue", "queue"),
    ("PetTable", "pets"),
    ("PrivateALB", "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/a/1"),
    ("PrivateALB.DNSName", "alb.internal"),
    ("RestaurantTable", "restaurants"),
    ("VpcEndpoint", "vpce-1"),
    ("VpcEndpointDNSName", "vpce-1-a.example"),
    ("VpcLink", "link"),
];

/// Resources whose `Arn` is asked for.
const ARNS: &[&str] = &[
    "APIFunction",
    "APIGatewayDynamoDBRole",
    "ApiGatewayEventBridgeRole",
    "ApiGatewayIAMRole",
    "ApiGatewayRole",
    "CallbackHandlerFunction",
    "CrudRole",
    "Function",
    "LambdaFunction",
    "MyAPiRole",
    "MyHttpApiRole",
    "NonStreamingResponseFunction",
    "OrderProcessingFunction",
    "OrderStatusFunction",
    "PetTableRole",
    "PinpointFunction",
    "RestApiRole",
    "ScheduledTaskFunction",
    "StreamingFunction",
    "StreamingResponseFunction",
    "TaskManagementFunction",
];

#[test]
fn every_definition_loads_or_is_refused_with_its_reason() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 30);
    let mut table = "# What becomes of the definitions\n\n\
        | definition | outcome | methods | reasons |\n|---|---|---|---|\n"
        .to_owned();
    for file in files {
        row(&mut table, &file);
    }
    let expected = directory.join("TABLE.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&expected, &table).unwrap();
    }
    let expected = fs::read_to_string(expected).unwrap();
    let differing = |a: &str, b: &str| {
        let lines = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let (found, lost) = (differing(&table, &expected), differing(&expected, &table));
    assert!(table == expected, "TABLE.md says:\n{lost}and this is so:\n{found}");
}

/// One definition: whether it loads, its methods with what each is refused for, and where.
fn row(table: &mut String, file: &Path) {
    let name = file.file_name().unwrap().to_string_lossy();
    let arns = ARNS.iter().map(|name| {
        let arn = format!("arn:aws:iam::000000000000:role/{name}");
        (format!("{name}.Arn"), arn)
    });
    let set = SET.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let set: BTreeMap<String, String> = set.chain(arns).collect();
    let mut files = NoFiles;
    let options = Options { set: &set, ..Options::new(&mut files) };
    let imported = openapi::read_with(&name, &fs::read(file).unwrap(), options);
    let Outcome { methods, findings } = definition::outcome(imported);
    let is_invalid = findings.iter().any(|finding| finding.class == Class::Invalid);
    let outcome = match methods.iter().filter(|(_, refusals)| !refusals.is_empty()).count() {
        _ if is_invalid => "refused".to_owned(),
        0 => "loads whole".to_owned(),
        refused => format!("{refused} of {} methods refused", methods.len()),
    };
    let methods = methods.iter().map(|(method, refusals)| match refusals.is_empty() {
        true => method.clone(),
        false => format!("{method}: {}", refusals.join(", ")),
    });
    let reasons = findings.iter().map(|finding| {
        let place = finding.place.as_ref().unwrap();
        let class = match finding.class {
            Class::Ignored => "warning ",
            Class::Invalid => "invalid ",
            Class::NotRunnable => "",
        };
        let message = finding.message.replace('|', "\\|");
        format!("{}:{} {class}{}: {message}", place.line, place.column, finding.kind)
    });
    let methods: Vec<_> = methods.collect();
    let reasons: Vec<_> = reasons.collect();
    let (methods, reasons) = (methods.join("<br>"), reasons.join("<br>"));
    writeln!(table, "| {name} | {outcome} | {methods} | {reasons} |").unwrap();
}
