using LlmPlatform.Edge;
using LlmPlatform.Hosting;
using LlmPlatform.Router;

PlatformHost.Create(args, new EdgeModule(), new RouterModule()).Run();
