using LlmPlatform.Hosting;
using LlmPlatform.Small;

PlatformHost.Create(args, new SmallModule()).Run();
