using LlmPlatform.Billing;
using LlmPlatform.Hosting;

PlatformHost.Create(args, new BillingModule()).Run();
