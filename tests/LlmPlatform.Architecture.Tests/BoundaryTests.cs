using System.Xml.Linq;

namespace LlmPlatform.Architecture.Tests;

/// <summary>Who may reference whom, read from the project files.</summary>
public sealed class BoundaryTests
{
    private static readonly string[] Shared =
    [
        "LlmPlatform.Contracts", "LlmPlatform.Hosting", "LlmPlatform.Messaging", "LlmPlatform.Money",
        "LlmPlatform.Quota",
    ];

    public static TheoryData<string> Services => [.. Projects("services/")
        .Where(project => !project.EndsWith(".Host", StringComparison.Ordinal))
        .Where(project => project != "LlmPlatform.Router.Client")];

    public static TheoryData<string> Hosts => [.. Projects("services/")
        .Where(project => project.EndsWith(".Host", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_references_the_shared_libraries_and_no_other_service(string service)
    {
        var allowed = service is "LlmPlatform.Edge" or "LlmPlatform.Router"
            ? [.. Shared, "LlmPlatform.Router.Client"]
            : Shared;

        Assert.Empty(ReferencesOf(service).Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_host_is_one_statement_that_names_its_modules(string host)
    {
        var code = Repository.Lines($"{Folder(host)}/Program.cs")
            .Where(line => line.Length > 0 && !line.StartsWith("using ", StringComparison.Ordinal));

        Assert.Equal(1, string.Concat(code).Count(character => character == ';'));
        Assert.StartsWith(
            "PlatformHost.Create(args, new", string.Join(' ', code.Select(line => line.Trim())).Replace("( ", "("),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_platform_host_names_every_service()
    {
        var services = Services.Select(row => row.Data);

        Assert.Empty(services.Except(ReferencesOf("LlmPlatform.Platform.Host")));
    }

    [Fact]
    public void Contracts_and_the_routing_client_depend_on_nothing_of_ours()
    {
        Assert.Empty(ReferencesOf("LlmPlatform.Contracts"));
        Assert.Empty(ReferencesOf("LlmPlatform.Router.Client"));
    }

    [Fact]
    public void No_shared_library_knows_a_service()
    {
        var references = Shared.SelectMany(ReferencesOf).Distinct();

        Assert.Empty(references.Except(Shared));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Text("LlmPlatform.sln").Replace('\\', '/');
        var projects = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

        Assert.All(projects, project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Package_versions_stand_in_one_file_and_are_exact()
    {
        var versions = XDocument.Parse(Repository.Text("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(package => (string)package.Attribute("Version")!);

        Assert.All(versions, version => Assert.Matches("^[0-9.]+$", version));
    }

    private static IEnumerable<string> Projects(string under) => Repository.Files
        .Where(file => file.StartsWith(under, StringComparison.Ordinal))
        .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
        .Select(file => Path.GetFileNameWithoutExtension(file));

    private static string Folder(string project) => Path.GetDirectoryName(
        Repository.Files.Single(file => file.EndsWith($"/{project}.csproj", StringComparison.Ordinal)))!;

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Parse(Repository.Text($"{Folder(project)}/{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
}
