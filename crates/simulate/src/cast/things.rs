//! Buckets, instances, tables and the like, by the names that templates give them.

/// What each `$name` may stand for. Of several, the record's salt chooses one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Things {
    pub(crate) bucket: &'static [&'static str],
    pub(crate) object: &'static [&'static str],
    pub(crate) table: &'static [&'static str],
    pub(crate) queue: &'static [&'static str],
    pub(crate) topic: &'static [&'static str],
    pub(crate) secret: &'static [&'static str],
    pub(crate) parameter: &'static [&'static str],
    pub(crate) function: &'static [&'static str],
    pub(crate) instance: &'static [&'static str],
    pub(crate) volume: &'static [&'static str],
    pub(crate) service: &'static [&'static str],
    pub(crate) cluster: &'static [&'static str],
    pub(crate) kms: &'static [&'static str],
    pub(crate) role: &'static [&'static str],
    pub(crate) db: &'static [&'static str],
    pub(crate) stack: &'static [&'static str],
    pub(crate) subnet: &'static [&'static str],
}

impl Things {
    /// The thing that `name` stands for in the record with that `salt`.
    pub(crate) fn named(&self, name: &str, salt: u64) -> Option<&'static str> {
        let choices = match name {
            "bucket" => self.bucket,
            "object" => self.object,
            "table" => self.table,
            "queue" => self.queue,
            "topic" => self.topic,
            "secret" => self.secret,
            "parameter" => self.parameter,
            "function" => self.function,
            "instance" => self.instance,
            "volume" => self.volume,
            "service" => self.service,
            "cluster" => self.cluster,
            "kms" => self.kms,
            "role" => self.role,
            "db" => self.db,
            "stack" => self.stack,
            "subnet" => self.subnet,
            _ => return None,
        };
        choices
            .get((salt % choices.len().max(1) as u64) as usize)
            .copied()
    }
}

pub(super) const PROD: Things = Things {
    bucket: &[
        "acme-shop-assets",
        "acme-shop-orders",
        "acme-shop-exports",
        "acme-tf-state-prod",
    ],
    object: &[
        "catalogue/2026/spring.json",
        "images/hero-1200.webp",
        "orders/batch-0412.parquet",
    ],
    table: &["orders", "carts", "sessions", "inventory"],
    queue: &["orders-incoming", "mail-outgoing", "stock-updates"],
    topic: &["order-events", "ops-alarms"],
    secret: &[
        "prod/orders/database",
        "prod/payments/stripe",
        "prod/mail/smtp",
    ],
    parameter: &[
        "/prod/orders/flags",
        "/prod/search/endpoint",
        "/prod/mail/from",
    ],
    function: &[
        "thumbnailer",
        "invoice-mailer",
        "stock-sync",
        "order-webhook",
    ],
    instance: &[
        "i-0a1f4c2e9b7d80355",
        "i-0c27b5d9e1f3a4861",
        "i-0e93d6a8b2c4f7109",
        "i-04b8e2f6a9c1d3570",
    ],
    volume: &[
        "vol-0f1d2c3b4a5968774",
        "vol-0b9a8c7d6e5f40312",
        "vol-07c6b5a4938271605",
    ],
    service: &["orders-api", "search-api", "web-frontend"],
    cluster: &["shop"],
    kms: &[
        "3f0c6a1e-58b2-4d7e-9a41-6c2d8e7f1b05",
        "b7d5e2c4-1a3f-4e68-8c90-d2f4a6b81e37",
    ],
    role: &["orders-api", "search-api", "shop-nodes", "thumbnailer"],
    db: &["shop-orders", "shop-reviews"],
    stack: &["shop-network", "shop-orders", "shop-search"],
    subnet: &["subnet-0a4b8c1d2e3f50617", "subnet-0d7e6f5a4b3c20198"],
};

pub(super) const STAGING: Things = Things {
    bucket: &[
        "acme-stg-assets",
        "acme-stg-orders",
        "acme-tf-state-staging",
    ],
    table: &["stg-orders", "stg-carts"],
    queue: &["stg-orders-incoming"],
    topic: &["stg-order-events"],
    secret: &["staging/orders/database", "staging/payments/stripe"],
    parameter: &["/staging/orders/flags", "/staging/search/endpoint"],
    function: &["stg-thumbnailer", "stg-invoice-mailer"],
    instance: &["i-0d41c7b2a96e3f508", "i-0f62a8d3c1b54e797"],
    volume: &["vol-0c5d4e3f2a1b09876", "vol-01f2e3d4c5b6a7988"],
    service: &["stg-orders-api", "stg-search-api"],
    cluster: &["shop-staging"],
    kms: &["90b1c2d3-e4f5-4607-a819-2b3c4d5e6f70"],
    role: &["stg-orders-api", "stg-nodes"],
    db: &["stg-shop"],
    stack: &["stg-network", "stg-orders"],
    subnet: &["subnet-01a2b3c4d5e6f7089"],
    ..PROD
};

pub(super) const SECURITY: Things = Things {
    bucket: &[super::TRAIL_BUCKET, "acme-config-history"],
    table: &["findings"],
    queue: &["findings-incoming"],
    topic: &["security-alerts"],
    secret: &["security/scanner/token"],
    parameter: &["/security/scanner/config"],
    function: &["finding-router"],
    instance: &[],
    volume: &[],
    service: &[],
    cluster: &[],
    kms: &["5e6f7081-92a3-44b5-86c7-d8e9f0a1b2c3"],
    role: &["finding-router", "OrganizationAudit"],
    db: &[],
    stack: &["security-baseline"],
    subnet: &["subnet-09f8e7d6c5b4a3021"],
    ..PROD
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_salt_chooses_among_the_things_of_that_name() {
        assert_eq!(PROD.named("table", 1), Some("carts"));
        assert_eq!(PROD.named("table", 5), Some("carts"));
        assert_eq!(PROD.named("castle", 1), None);
        assert_eq!(SECURITY.named("instance", 1), None);
    }
}
