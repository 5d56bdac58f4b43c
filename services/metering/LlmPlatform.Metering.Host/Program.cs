using LlmPlatform.Hosting;
using LlmPlatform.Metering;

PlatformHost.Create(args, new MeteringModule()).Run();
