//! Which route a path and a method mean.

use portico_model::{HttpMethod, PathSegment, ResourcePath};
use portico_snapshot::{Captures, MethodIndex, Nearness, RouteConflict, RouteTree};
use proptest::prelude::*;

/// A tree of templates with one method each; the index is that of the route.
fn tree(routes: &[(HttpMethod, &str)]) -> RouteTree {
    let mut tree = RouteTree::default();
    for (index, (method, template)) in routes.iter().enumerate() {
        let template: ResourcePath = template.parse().unwrap();
        tree.insert(&template, *method, MethodIndex(index)).unwrap();
    }
    tree
}

/// The route found as `METHOD template [captures]`.
fn find(
    tree: &RouteTree,
    routes: &[(HttpMethod, &str)],
    method: HttpMethod,
    path: &str,
) -> Option<String> {
    let mut captures = Captures::default();
    let MethodIndex(index) = tree.find(path.as_bytes(), Some(method), &mut captures)?;
    let (method, template) = routes[index];
    let mut text = format!("{method} {template}");
    for index in 0..captures.len() {
        text.push_str(&format!(" {:?}", &path[captures.get(index).unwrap()]));
    }
    assert_eq!(captures.get(captures.len()), None);
    Some(text)
}

#[test]
fn paths_match_as_in_api_gateway() {
    use HttpMethod::{Any, Get, Post};
    let routes = [
        (Get, "/"),
        (Get, "/pets"),
        (Any, "/pets/{id}"),
        (Get, "/pets/new"),
        (Get, "/pets/{id}/toys/{toy}"),
        (Post, "/pets/{id}/toys/{toy}"),
        (Get, "/files/{proxy+}"),
        (Post, "/Files"),
    ];
    let tree = tree(&routes);
    let check = |path: &str, expected: Option<&str>| {
        assert_eq!(find(&tree, &routes, Get, path).as_deref(), expected, "{path:?}");
    };
    check("/", Some("GET /"));
    check("", Some("GET /"));
    check("//", Some("GET /"));
    check("/pets", Some("GET /pets"));
    check("/pets/", Some("GET /pets"));
    check("//pets", Some("GET /pets"));
    check("///pets", Some("GET /pets"));
    check("pets", Some("GET /pets"));
    check("/Pets", None);
    check("/pets/7", Some("ANY /pets/{id} \"7\""));
    check("/pets/7/", Some("ANY /pets/{id} \"7\""));
    check("/pets/new", Some("GET /pets/new"));
    check("/pets//", None);
    check("/pets//toys/1", None);
    check("/pets/7/toys/ball", Some("GET /pets/{id}/toys/{toy} \"7\" \"ball\""));
    check("/pets/new/toys/ball", Some("GET /pets/{id}/toys/{toy} \"new\" \"ball\""));
    check("/pets/7/toys", None);
    check("/pets/%2F", Some("ANY /pets/{id} \"%2F\""));
    check("/%70ets", None);
    check("/files", None);
    check("/files/", None);
    check("/files//", None);
    check("/files/a", Some("GET /files/{proxy+} \"a\""));
    check("/files/a/", Some("GET /files/{proxy+} \"a\""));
    check("/files/a//b", Some("GET /files/{proxy+} \"a//b\""));
    check("/files//b", Some("GET /files/{proxy+} \"/b\""));
    check("/files/a+b%2B", Some("GET /files/{proxy+} \"a+b%2B\""));
    check("/Files", None);
    check("/none", None);
}

#[test]
fn resource_and_method_are_chosen_together() {
    use HttpMethod::{Any, Delete, Get, Options, Post};
    let routes = [
        (Get, "/{proxy+}"),
        (Delete, "/{proxy+}"),
        (Post, "/a/b"),
        (Options, "/a/b"),
        (Get, "/a/{x}"),
        (Any, "/a/b/{rest+}"),
        (Get, "/a/b/c"),
    ];
    let tree = tree(&routes);
    let check = |method: HttpMethod, path: &str, expected: Option<&str>| {
        assert_eq!(find(&tree, &routes, method, path).as_deref(), expected, "{method} {path:?}");
    };
    check(Post, "/a/b", Some("POST /a/b"));
    check(Get, "/a/b", Some("GET /a/{x} \"b\""));
    check(Delete, "/a/b", Some("DELETE /{proxy+} \"a/b\""));
    check(Get, "/a", Some("GET /{proxy+} \"a\""));
    check(Post, "/a", None);
    check(Get, "/a/b/c", Some("GET /a/b/c"));
    check(Post, "/a/b/c", Some("ANY /a/b/{rest+} \"c\""));
    check(Get, "/a/z/c", Some("GET /{proxy+} \"a/z/c\""));
    check(Options, "/a/z/c", None);
    check(Get, "/", None);
}

#[test]
fn methods_that_no_request_has_find_nothing() {
    let routes = [(HttpMethod::Any, "/{proxy+}")];
    let tree = tree(&routes);
    let mut captures = Captures::default();
    assert_eq!(tree.find(b"/a", None, &mut captures), None);
    assert_eq!(tree.find(b"/a", Some(HttpMethod::Any), &mut captures), None);
    assert!(tree.find(b"/a", Some(HttpMethod::Head), &mut captures).is_some());
    captures.clear();
    assert!(captures.is_empty());
}

#[test]
fn routes_that_cannot_both_be_served_conflict() {
    let check = |first: &str, second: &str, expected: Result<(), RouteConflict>| {
        let mut tree = tree(&[(HttpMethod::Get, first)]);
        let second: ResourcePath = second.parse().unwrap();
        let inserted = tree.insert(&second, HttpMethod::Get, MethodIndex(1));
        assert_eq!(inserted, expected, "{first} {second}");
    };
    check("/a/{x}", "/a/{x}/b", Ok(()));
    check("/a/{x}", "/a/{y}", Err(RouteConflict::Variable("{x}".into())));
    check("/a/{x}/b", "/a/{y}/c", Err(RouteConflict::Variable("{x}".into())));
    check("/a/{x+}", "/a/{y+}", Err(RouteConflict::Variable("{x+}".into())));
    check("/a", "/a", Err(RouteConflict::Method));
}

/// Two children for every segment down to this depth: more leaves than a search may ever visit
/// if it tried them in turn for every method.
#[test]
fn backtracking_is_bounded_by_the_tree() {
    let mut tree = RouteTree::default();
    let depth = 12;
    for leaf in 0..1 << depth {
        let segments = (0..depth).map(|bit| if leaf >> bit & 1 == 0 { "/a" } else { "/{v}" });
        let segments: String =
            segments.enumerate().map(|(at, text)| text.replace('v', &format!("v{at}"))).collect();
        let template: ResourcePath = segments.parse().unwrap();
        tree.insert(&template, HttpMethod::Get, MethodIndex(leaf)).unwrap();
    }
    let mut captures = Captures::default();
    let path = "/a".repeat(depth);
    // Every node is visited, and none twice: a hundred such searches end at once.
    for _ in 0..100 {
        assert_eq!(tree.find(path.as_bytes(), Some(HttpMethod::Put), &mut captures), None);
    }
    let long = "/a".repeat(100_000);
    assert_eq!(tree.find(long.as_bytes(), Some(HttpMethod::Get), &mut captures), None);
    assert!(tree.find(path.as_bytes(), Some(HttpMethod::Get), &mut captures).is_some());
}

/// What the tree must do, written for clearness: every route in order of preference.
fn oracle(routes: &[(HttpMethod, ResourcePath)], method: HttpMethod, path: &str) -> Option<usize> {
    let trimmed = path.trim_start_matches('/');
    let trimmed = trimmed.strip_suffix('/').unwrap_or(trimmed);
    let segments: Vec<&str> =
        if path.bytes().all(|b| b == b'/') { Vec::new() } else { trimmed.split('/').collect() };
    let mut best: Option<(Vec<u8>, bool, usize)> = None;
    for (index, (route_method, template)) in routes.iter().enumerate() {
        let template: Vec<_> = template.segments().collect();
        let Some(ranks) = ranks(&template, &segments) else { continue };
        if *route_method != method && *route_method != HttpMethod::Any {
            continue;
        }
        let candidate = (ranks, *route_method == HttpMethod::Any, index);
        if best.as_ref().is_none_or(|best| candidate < *best) {
            best = Some(candidate);
        }
    }
    best.map(|(_, _, index)| index)
}

/// For each segment of a matching template 0, 1 or 2: literal, variable, greedy.
fn ranks(template: &[PathSegment<'_>], segments: &[&str]) -> Option<Vec<u8>> {
    let mut ranks = Vec::new();
    for (at, part) in template.iter().enumerate() {
        let segment = segments.get(at);
        match part {
            PathSegment::Literal(text) if segment == Some(text) => ranks.push(0),
            PathSegment::Variable(_) if segment.is_some_and(|text| !text.is_empty()) => {
                ranks.push(1);
            }
            PathSegment::Greedy(_)
                if segments[at..].iter().map(|s| s.len() + 1).sum::<usize>() > 1 =>
            {
                ranks.push(2);
                return Some(ranks);
            }
            _ => return None,
        }
    }
    (template.len() == segments.len()).then_some(ranks)
}

/// Templates over a small alphabet, so that they meet; a variable is named by its depth.
fn template() -> impl Strategy<Value = String> {
    let segment = prop_oneof![Just("a"), Just("b"), Just("{v}"), Just("{g+}")];
    prop::collection::vec(segment, 0..5).prop_map(|segments| {
        let mut text = String::new();
        for (depth, segment) in segments.iter().enumerate() {
            text.push('/');
            text.push_str(&segment.replace('v', &format!("v{depth}")));
            if segment.contains('+') {
                break;
            }
        }
        if text.is_empty() { "/".to_owned() } else { text }
    })
}

proptest! {
    #[test]
    fn the_tree_finds_what_the_oracle_finds(
        routes in prop::collection::vec((0..8_usize, template()), 0..12),
        method in 1..8_usize,
        path in prop::collection::vec(prop_oneof!["/", "/", "a", "b", "c"], 0..12),
    ) {
        let mut tree = RouteTree::default();
        let mut kept = Vec::new();
        for (method, template) in routes {
            let method = HttpMethod::ALL[method];
            let template: ResourcePath = template.parse().unwrap();
            if tree.insert(&template, method, MethodIndex(kept.len())).is_ok() {
                kept.push((method, template));
            }
        }
        let path = format!("/{}", path.concat());
        let method = HttpMethod::ALL[method];
        let mut captures = Captures::default();
        let found = tree.find(path.as_bytes(), Some(method), &mut captures);
        prop_assert_eq!(found.map(|MethodIndex(index)| index), oracle(&kept, method, &path));
        if let Some(MethodIndex(index)) = found {
            prop_assert_eq!(captures.len(), kept[index].1.variables().count());
        }
    }

    #[test]
    fn any_bytes_are_a_path(path in prop::collection::vec(any::<u8>(), 0..64)) {
        let routes = [(HttpMethod::Any, "/{v}/a"), (HttpMethod::Any, "/{proxy+}")];
        let mut captures = Captures::default();
        tree(&routes).find(&path, Some(HttpMethod::Get), &mut captures);
    }
}

#[test]
fn near_misses_are_told_the_nearest_first() {
    use HttpMethod::{Any, Get, Post};
    let routes = [
        (Get, "/"),
        (Get, "/books"),
        (Post, "/books"),
        (Get, "/books/{id}"),
        (Get, "/books/new"),
        (Any, "/books/{id}/chapters/{chapter}"),
        (Get, "/files/{path+}"),
        (Get, "/magazines"),
    ];
    let tree = tree(&routes);
    let near = |method, path: &str, most| {
        let near = tree.near(path.as_bytes(), method, most).into_iter();
        let near = near.map(|(nearness, MethodIndex(index))| {
            let (method, template) = routes[index];
            format!("{method} {template} {nearness:?}")
        });
        near.collect::<Vec<_>>()
    };
    let check = |method, path: &str, expected: &[&str]| {
        let near = near(Some(method), path, expected.len());
        assert_eq!(near, expected, "{method} {path}");
    };
    check(Get, "/books/new", &["GET /books/{id} Passed"]);
    check(Post, "/books/new", &["GET /books/new OtherMethod", "GET /books/{id} OtherMethod"]);
    check(Get, "/books", &["POST /books OtherMethod", "GET /books/new Shares(1)"]);
    check(
        Get,
        "/bokos",
        &["GET /books Shares(0)", "POST /books Shares(0)", "GET /books/new Shares(0)"],
    );
    check(Get, "/BOOKS/7", &["GET /books Shares(0)"]);
    check(
        Get,
        "/books/7/chapter/1",
        &["ANY /books/{id}/chapters/{chapter} Shares(2)", "GET /books/{id} Shares(2)"],
    );
    check(Get, "/books/7/chapters", &["ANY /books/{id}/chapters/{chapter} Shares(3)"]);
    check(Get, "/files", &["GET /files/{path+} Shares(1)"]);
    check(Any, "/books", &["GET /books OtherMethod", "POST /books OtherMethod"]);
    check(Get, "", &["GET /books Shares(0)"]);
    check(Get, "/zzzzzzzzz", &["GET / Shares(0)"]);
    assert_eq!(near(None, "/books", 1), ["GET /books OtherMethod"]);
    assert_eq!(near(Some(Get), "/books", 0), Vec::<String>::new());
    assert_eq!(RouteTree::default().near(b"/a", Some(Get), 9), []);
}

#[test]
fn near_misses_of_a_large_api_are_few() {
    let templates: Vec<String> = (0..5000).map(|number| format!("/a{number}/{{id}}")).collect();
    let routes: Vec<_> =
        templates.iter().map(|template| (HttpMethod::Get, template.as_str())).collect();
    let tree = tree(&routes);
    let near = tree.near(b"/a77/7/8", Some(HttpMethod::Get), 5);
    assert_eq!(near[0], (Nearness::Shares(2), MethodIndex(77)));
    assert_eq!(near.len(), 5);
    let long = "/x".repeat(4000);
    assert_eq!(tree.near(long.as_bytes(), None, 5).len(), 5);
}

proptest! {
    #[test]
    fn what_is_found_is_no_near_miss_of_itself(
        path in "(/(a|b|ab|c)?){0,4}",
        templates in prop::sample::subsequence(
            vec!["/", "/a", "/b", "/{v}", "/{p+}", "/a/b", "/a/{w}", "/{v}/b", "/{v}/{w}", "/a/{q+}"],
            0..10,
        ),
    ) {
        let routes: Vec<_> =
            templates.iter().map(|template| (HttpMethod::Get, *template)).collect();
        let tree = tree(&routes);
        let near = tree.near(path.as_bytes(), Some(HttpMethod::Get), usize::MAX);
        let found = tree.find(path.as_bytes(), Some(HttpMethod::Get), &mut Captures::default());
        prop_assert!(near.iter().all(|(_, index)| Some(*index) != found));
        // Where nothing is found, nothing else would have taken it either.
        let passed = near.iter().any(|(nearness, _)| *nearness == Nearness::Passed);
        prop_assert!(found.is_some() || !passed);
        prop_assert_eq!(near.len() + usize::from(found.is_some()), routes.len());
    }
}
