//! What runs and what is built: functions, containers, stacks, builds.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "lambda",
        calls: FUNCTIONS,
    },
    Service {
        source: "ecr",
        calls: IMAGES,
    },
    Service {
        source: "ecs",
        calls: TASKS,
    },
    Service {
        source: "eks",
        calls: CLUSTERS,
    },
    Service {
        source: "cloudformation",
        calls: STACKS,
    },
    Service {
        source: "codebuild",
        calls: BUILDS,
    },
    Service {
        source: "cloudshell",
        calls: SHELLS,
    },
    Service {
        source: "glue",
        calls: JOBS,
    },
];

#[rustfmt::skip]
const FUNCTIONS: &[Row] = &[
    ("CreateFunction", "create the function {functionName}", "创建{了}函数 {functionName}"),
    ("UpdateFunctionCode", "replace the code of function {functionName}", "替换{了}函数 {functionName} 的代码"),
    ("UpdateFunctionConfiguration", "change the configuration of function {functionName}", "更改{了}函数 {functionName} 的配置"),
    ("DeleteFunction", "delete the function {functionName}", "删除{了}函数 {functionName}"),
    ("AddPermission", "let {principal} call the function {functionName}", "允许{了} {principal} 调用函数 {functionName}"),
    ("RemovePermission", "withdraw a permission to call the function {functionName}", "撤销{了}调用函数 {functionName} 的权限"),
    ("Invoke", "call the function {functionName}", "调用{了}函数 {functionName}"),
    ("CreateFunctionUrlConfig", "give function {functionName} a URL[ with authentication {authType}]", "为函数 {functionName} 创建{了} URL[（身份验证 {authType}）]"),
    ("UpdateFunctionUrlConfig", "change the URL of function {functionName}[ to authentication {authType}]", "更改{了}函数 {functionName} 的 URL[（身份验证 {authType}）]"),
    ("CreateEventSourceMapping", "connect an event source[ {eventSourceArn}] to function {functionName}", "为函数 {functionName} 创建{了}事件源映射[ {eventSourceArn}]"),
    ("PublishLayerVersion", "publish the layer {layerName}", "发布{了}层 {layerName}"),
    ("AddLayerVersionPermission", "let {principal} use the layer {layerName}", "允许{了} {principal} 使用层 {layerName}"),
    ("PutFunctionConcurrency", "set the concurrency of function {functionName}[ to {reservedConcurrentExecutions}]", "设置{了}函数 {functionName} 的并发数[，改为 {reservedConcurrentExecutions}]"),
    ("GetFunction", "download the function {functionName}", "获取{了}函数 {functionName}"),
    ("ListFunctions", "list the functions", "列出{了}函数"),
];

#[rustfmt::skip]
const IMAGES: &[Row] = &[
    ("CreateRepository", "create the image repository {repositoryName}", "创建{了}镜像仓库 {repositoryName}"),
    ("DeleteRepository", "delete the image repository {repositoryName}", "删除{了}镜像仓库 {repositoryName}"),
    ("SetRepositoryPolicy", "change the policy of image repository {repositoryName}", "更改{了}镜像仓库 {repositoryName} 的策略"),
    ("PutRegistryPolicy", "change the policy of the image registry", "更改{了}镜像注册表的策略"),
    ("PutImage", "push an image to repository {repositoryName}", "向镜像仓库 {repositoryName} 推送{了}镜像"),
    ("BatchDeleteImage", "delete images from repository {repositoryName}", "删除{了}镜像仓库 {repositoryName} 中的镜像"),
    ("GetAuthorizationToken", "get a token for the image registry", "获取{了}镜像注册表的令牌"),
];

#[rustfmt::skip]
const TASKS: &[Row] = &[
    ("RegisterTaskDefinition", "register the task definition {family}", "注册{了}任务定义 {family}"),
    ("RunTask", "run the task {taskDefinition}[ in cluster {cluster}]", "[在集群 {cluster} 中]运行{了}任务 {taskDefinition}"),
    ("ExecuteCommand", "open a shell in task {task}", "在任务 {task} 中打开{了}命令行"),
    ("CreateCluster", "create the cluster {clusterName}", "创建{了}集群 {clusterName}"),
    ("DeleteCluster", "delete the cluster {cluster}", "删除{了}集群 {cluster}"),
    ("UpdateService", "change the service {service}", "更改{了}服务 {service}"),
];

#[rustfmt::skip]
const CLUSTERS: &[Row] = &[
    ("CreateCluster", "create the Kubernetes cluster {name}", "创建{了} Kubernetes 集群 {name}"),
    ("DeleteCluster", "delete the Kubernetes cluster {name}", "删除{了} Kubernetes 集群 {name}"),
    ("UpdateClusterConfig", "change the configuration of Kubernetes cluster {name}", "更改{了} Kubernetes 集群 {name} 的配置"),
    ("CreateAccessEntry", "let {principalArn} into Kubernetes cluster {name}", "允许{了} {principalArn} 访问 Kubernetes 集群 {name}"),
    ("AssociateAccessPolicy", "give {principalArn} rights in Kubernetes cluster {name}", "授予{了} {principalArn} 访问 Kubernetes 集群 {name} 的权限"),
];

#[rustfmt::skip]
const STACKS: &[Row] = &[
    ("CreateStack", "create the stack {stackName}", "创建{了}堆栈 {stackName}"),
    ("UpdateStack", "update the stack {stackName}", "更新{了}堆栈 {stackName}"),
    ("DeleteStack", "delete the stack {stackName}", "删除{了}堆栈 {stackName}"),
    ("CreateChangeSet", "prepare the change set {changeSetName} of stack {stackName}", "为堆栈 {stackName} 创建{了}更改集 {changeSetName}"),
    ("ExecuteChangeSet", "carry out the change set {changeSetName}[ of stack {stackName}]", "执行{了}[堆栈 {stackName} 的]更改集 {changeSetName}"),
    ("CreateStackSet", "create the stack set {stackSetName}", "创建{了}堆栈集 {stackSetName}"),
    ("DescribeStacks", "list the stacks[ {stackName}]", "查看{了}堆栈[ {stackName}]"),
];

#[rustfmt::skip]
const BUILDS: &[Row] = &[
    ("CreateProject", "create the build project {name}", "创建{了}构建项目 {name}"),
    ("UpdateProject", "change the build project {name}", "更改{了}构建项目 {name}"),
    ("UpdateProjectVisibility", "set the visibility of a build project[ to {projectVisibility}]", "更改{了}构建项目的可见性[，改为 {projectVisibility}]"),
    ("StartBuild", "start a build of project {projectName}", "启动{了}项目 {projectName} 的构建"),
    ("ImportSourceCredentials", "import source credentials[ for {serverType}]", "导入{了}[ {serverType} 的]源代码凭证"),
];

#[rustfmt::skip]
const SHELLS: &[Row] = &[
    ("CreateEnvironment", "create a CloudShell", "创建{了} CloudShell 环境"),
    ("CreateSession", "open a CloudShell", "打开{了} CloudShell"),
    ("GetFileDownloadUrls", "download a file from CloudShell", "从 CloudShell 下载{了}文件"),
    ("GetFileUploadUrls", "upload a file to CloudShell", "向 CloudShell 上传{了}文件"),
];

#[rustfmt::skip]
const JOBS: &[Row] = &[
    ("CreateDevEndpoint", "create the development endpoint {endpointName}", "创建{了}开发端点 {endpointName}"),
    ("UpdateDevEndpoint", "change the development endpoint {endpointName}", "更改{了}开发端点 {endpointName}"),
    ("CreateJob", "create the Glue job {name}", "创建{了} Glue 作业 {name}"),
    ("StartJobRun", "run the Glue job {jobName}", "运行{了} Glue 作业 {jobName}"),
];
