using LlmPlatform.Alerting;
using LlmPlatform.Hosting;

PlatformHost.Create(args, new AlertingModule()).Run();
