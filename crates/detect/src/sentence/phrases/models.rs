//! Models and notebooks: Bedrock, SageMaker.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "bedrock",
        calls: MODELS,
    },
    Service {
        source: "sagemaker",
        calls: NOTEBOOKS,
    },
];

#[rustfmt::skip]
const MODELS: &[Row] = &[
    ("InvokeModel", "run the model {modelId}", "调用{了}模型 {modelId}"),
    ("InvokeModelWithResponseStream", "run the model {modelId}", "调用{了}模型 {modelId}"),
    ("Converse", "talk to the model {modelId}", "与模型 {modelId} 进行{了}对话"),
    ("ConverseStream", "talk to the model {modelId}", "与模型 {modelId} 进行{了}对话"),
    ("ListFoundationModels", "list the models", "列出{了}模型"),
    ("GetFoundationModelAvailability", "ask whether model {modelId} may be used", "查询{了}模型 {modelId} 是否可用"),
    ("PutUseCaseForModelAccess", "state a use case for model access", "提交{了}模型访问的使用场景"),
    ("CreateFoundationModelAgreement", "accept the agreement for model {modelId}", "接受{了}模型 {modelId} 的协议"),
    ("PutFoundationModelEntitlement", "switch on access to model {modelId}", "开通{了}模型 {modelId} 的访问权限"),
    ("GetModelInvocationLoggingConfiguration", "ask whether model calls are logged", "查询{了}模型调用日志设置"),
    ("PutModelInvocationLoggingConfiguration", "change the log of model calls", "更改{了}模型调用日志设置"),
    ("DeleteModelInvocationLoggingConfiguration", "switch off the log of model calls", "关闭{了}模型调用日志"),
    ("DeleteGuardrail", "delete the guardrail {guardrailIdentifier}", "删除{了}护栏 {guardrailIdentifier}"),
    ("UpdateGuardrail", "change the guardrail {guardrailIdentifier}", "更改{了}护栏 {guardrailIdentifier}"),
    ("CreateApiKey", "create a Bedrock API key", "创建{了} Bedrock API 密钥"),
];

#[rustfmt::skip]
const NOTEBOOKS: &[Row] = &[
    ("CreateNotebookInstance", "create the notebook {notebookInstanceName}", "创建{了}笔记本实例 {notebookInstanceName}"),
    ("CreatePresignedNotebookInstanceUrl", "get a link to open the notebook {notebookInstanceName}", "获取{了}打开笔记本实例 {notebookInstanceName} 的链接"),
    ("CreatePresignedDomainUrl", "get a link to open SageMaker Studio", "获取{了}打开 SageMaker Studio 的链接"),
];
