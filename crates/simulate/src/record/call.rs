//! One API call as CloudTrail writes it, whoever makes it.

/// Which of CloudTrail's categories a call falls into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// Changes or reads the account's set-up.
    Management,
    /// Touches the data inside a resource; logged only where the trail asks for it.
    Data,
    /// A sign-in to the console.
    SignIn,
    /// Something AWS did, or that happened, without a call to an API.
    ServiceEvent,
}

/// A call; the texts are [templates](crate::record::template) of JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// The service without `.amazonaws.com`.
    pub(crate) source: &'static str,
    /// `eventName`.
    pub(crate) name: &'static str,
    /// `readOnly`.
    pub(crate) read_only: bool,
    /// Decides `eventType`, `eventCategory` and `managementEvent`.
    pub(crate) category: Category,
    /// `requestParameters`.
    pub(crate) request: &'static str,
    /// `responseElements`.
    pub(crate) response: &'static str,
    /// `additionalEventData`; empty if the service sends none.
    pub(crate) extra: &'static str,
    /// `resources`; empty if the service names none.
    pub(crate) resources: &'static str,
    /// `errorCode` (empty where the service gives none) and `errorMessage`.
    pub(crate) error: Option<(&'static str, &'static str)>,
}

impl Call {
    /// A call that changes nothing.
    pub(crate) const fn read(
        source: &'static str,
        name: &'static str,
        request: &'static str,
    ) -> Self {
        Self {
            source,
            name,
            read_only: true,
            category: Category::Management,
            request,
            response: "null",
            extra: "",
            resources: "",
            error: None,
        }
    }

    /// A call that changes something, and what came back.
    pub(crate) const fn write(
        source: &'static str,
        name: &'static str,
        request: &'static str,
        response: &'static str,
    ) -> Self {
        Self {
            read_only: false,
            response,
            ..Self::read(source, name, request)
        }
    }

    /// The same call on data rather than on the set-up.
    pub(crate) const fn data(self) -> Self {
        self.category(Category::Data)
    }

    /// The same call in another category.
    pub(crate) const fn category(self, category: Category) -> Self {
        Self { category, ..self }
    }

    /// The same call with `additionalEventData`.
    pub(crate) const fn extra(self, extra: &'static str) -> Self {
        Self { extra, ..self }
    }

    /// The same call with `resources`.
    pub(crate) const fn on(self, resources: &'static str) -> Self {
        Self { resources, ..self }
    }

    /// The same call, refused or failed: nothing came back.
    pub(crate) const fn fails(self, code: &'static str, message: &'static str) -> Self {
        Self {
            error: Some((code, message)),
            response: "null",
            ..self
        }
    }

    /// The same call with a message and no code, as sign-ins fail.
    pub(crate) const fn with_message(self, message: &'static str) -> Self {
        Self {
            error: Some(("", message)),
            ..self
        }
    }

    /// The region where CloudTrail files this call when it is made in `region`: the global services
    /// live in us-east-1.
    pub(crate) fn filed_in<'a>(&self, region: &'a str) -> &'a str {
        match self.source {
            "iam" | "organizations" | "account" | "route53" | "cloudfront" | "billingconsole"
            | "ce" | "health" | "support" => "us-east-1",
            _ => region,
        }
    }

    /// `eventVersion`: services move to newer versions at their own pace.
    pub(crate) fn version(&self) -> &'static str {
        match self.source {
            "iam" | "s3" | "sts" | "kms" | "ec2" | "lambda" | "dynamodb" | "secretsmanager" => {
                "1.11"
            }
            "eks" | "ecr" | "cloudtrail" | "sqs" | "organizations" | "cloudformation" => "1.10",
            "logs" | "rds" | "monitoring" | "elasticloadbalancing" | "guardduty" => "1.09",
            _ => "1.08",
        }
    }
}
