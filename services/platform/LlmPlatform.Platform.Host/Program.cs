using LlmPlatform.Alerting;
using LlmPlatform.Audit;
using LlmPlatform.Billing;
using LlmPlatform.Edge;
using LlmPlatform.Hosting;
using LlmPlatform.Metering;
using LlmPlatform.Router;

PlatformHost.Create(
    args,
    new EdgeModule(),
    new RouterModule(),
    new MeteringModule(),
    new BillingModule(),
    new AuditModule(),
    new AlertingModule()).Run();
