using LlmPlatform.Hosting;
using LlmPlatform.Router;

PlatformHost.Create(args, new RouterModule()).Run();
