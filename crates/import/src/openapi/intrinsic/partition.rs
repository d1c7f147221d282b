//! The partition that a region belongs to: its name and the suffix of its domains.
//!
//! Source: AWS CloudFormation, "Pseudo parameters reference" (`AWS::Partition`, `AWS::URLSuffix`).

/// A group of regions.
pub(super) struct Partition {
    /// Second part of every ARN, for example `aws`.
    pub(super) name: &'static str,
    /// For example `amazonaws.com`.
    pub(super) url_suffix: &'static str,
}

/// Partitions by what the names of their regions begin with.
const OTHERS: [(&str, Partition); 2] = [
    ("cn-", Partition { name: "aws-cn", url_suffix: "amazonaws.com.cn" }),
    ("us-gov-", Partition { name: "aws-us-gov", url_suffix: STANDARD.url_suffix }),
];

const STANDARD: Partition = Partition { name: "aws", url_suffix: "amazonaws.com" };

impl Partition {
    /// What is in no other is in the standard one.
    pub(super) fn of(region: &str) -> &'static Self {
        let other = OTHERS.iter().find(|(prefix, _)| region.starts_with(prefix));
        other.map_or(&STANDARD, |(_, partition)| partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_their_partition() {
        let check = |region: &str, name: &str, url_suffix: &str| {
            let found = Partition::of(region);
            assert_eq!((found.name, found.url_suffix), (name, url_suffix), "{region}");
        };
        check("us-east-1", "aws", "amazonaws.com");
        check("eu-central-1", "aws", "amazonaws.com");
        check("cn-north-1", "aws-cn", "amazonaws.com.cn");
        check("us-gov-west-1", "aws-us-gov", "amazonaws.com");
        check("", "aws", "amazonaws.com");
    }
}
