using LlmPlatform.Billing;
using LlmPlatform.Edge;
using LlmPlatform.Hosting;
using LlmPlatform.Router;

PlatformHost.Create(args, new EdgeModule(), new RouterModule(), new BillingModule()).Run();
