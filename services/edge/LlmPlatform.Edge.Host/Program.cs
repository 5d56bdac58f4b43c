using LlmPlatform.Edge;
using LlmPlatform.Hosting;

PlatformHost.Create(args, new EdgeModule()).WithInlineSockets().Run();
