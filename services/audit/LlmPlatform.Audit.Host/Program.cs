using LlmPlatform.Audit;
using LlmPlatform.Hosting;

PlatformHost.Create(args, new AuditModule()).Run();
