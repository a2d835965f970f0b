using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>
/// Dependencies point one way: Model, Disk ← Storage, Catalog, Formats, Messaging, Types, Publishing ← Analysis, Zone, Site ← Processing ← Datasets ← doors and movers ← Cli.
/// Zone and Site do not know each other: they can live in different processes.
/// </summary>
public sealed class DependencyRuleTests
{
    private static readonly string[] Ground = ["Hutch.Model", "Hutch.Disk"];
    private static readonly string[] Services = ["Hutch.Storage", "Hutch.Catalog", "Hutch.Formats", "Hutch.Messaging", "Hutch.Types", "Hutch.Publishing"];
    private static readonly string[] Planes = ["Hutch.Zone", "Hutch.Site", "Hutch.Processing"];
    private static readonly string[] Heart = ["Hutch.Analysis", .. Planes, "Hutch.Programs", "Hutch.Datasets"];
    private static readonly string[] Doors = ["Hutch.Api", "Hutch.Dav", "Hutch.S3", "Hutch.DataLad"];
    private static readonly string[] ClientParts = [.. Ground, "Hutch.Contracts", "Hutch.Objects", "Hutch.Client", "Hutch.Mount", "Hutch.Formats", "Hutch.Detectors", "Hutch.Capture", "Hutch.Node", "Hutch.DataLadClient"];
    private static readonly string[] Movers = ["Hutch.Worker", "Hutch.Previews", "Hutch.Agent", "Hutch.Federation"];

    /// <summary>What each project may use. A door or mover reaches blobs and tables only through Datasets.</summary>
    private static readonly Dictionary<string, string[]> MayUse = Rules();

    [Fact]
    public void A_project_references_only_what_stands_below_it()
    {
        Violations violations = new("Dependencies point one way (docs/architecture.md)");
        foreach (Project project in Repository.Products)
        {
            violations.AddRange(Forbidden(project, project.References).Select(name => (project.Path, $"references {name}")));
        }

        violations.AssertNone();
    }

    /// <summary>References are transitive for the compiler, so that what is used is looked up in what was built.</summary>
    [Fact]
    public void An_assembly_uses_only_what_stands_below_it()
    {
        Violations violations = new("Dependencies point one way, in the compiled code too (docs/architecture.md)");
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                violations.AddRange(
                    Forbidden(assembly.Project, assembly.References)
                        .SelectMany(assembly.TypesUsedOf)
                        .Select(type => (assembly.Project.Name, $"uses {type}")));
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Only_the_catalog_and_the_shared_log_speak_to_a_database()
    {
        string[] databases = ["Dapper", "Microsoft.Data.Sqlite", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.e_sqlite3", "Npgsql", "System.Data.Common"];
        Violations violations = new("Only Hutch.Catalog uses a database, and the log of Hutch.Cluster that is one");
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                if (assembly.Project.Name is not ("Hutch.Catalog" or "Hutch.Cluster"))
                {
                    violations.AddRange(assembly.References.Where(databases.Contains).Select(name => (assembly.Project.Name, $"uses {name}")));
                }
            }
        }

        violations.AssertNone();
    }

    /// <summary>The verbs that both programs have, and the client that is made of them, run where no server can.</summary>
    [Theory]
    [InlineData("Hutch.Commands")]
    [InlineData("Hutch.Tool")]
    public void The_client_is_made_without_any_part_of_the_server(string name)
    {
        Violations violations = new("The client uses no project of the server, and not ASP.NET Core");
        var waiting = new Queue<string>([name]);
        var seen = new HashSet<string>();
        while (waiting.TryDequeue(out string? next))
        {
            Project project = Repository.Products.Single(product => product.Name == next);
            foreach (string used in project.References.Where(seen.Add))
            {
                waiting.Enqueue(used);
                if (used != "Hutch.Commands" && !ClientParts.Contains(used))
                {
                    violations.Add(project.Path, $"references {used}");
                }
            }

            if (Repository.Text(project.Path).Contains("FrameworkReference", StringComparison.Ordinal))
            {
                violations.Add(project.Path, "references a framework");
            }
        }

        Assert.Superset(ClientParts.ToHashSet(), seen);
        violations.AssertNone();
    }

    private static IEnumerable<string> Forbidden(Project project, IEnumerable<string> references)
    {
        string[] allowed = MayUse.GetValueOrDefault(project.Name, []);
        return references.Where(name => name.StartsWith("Hutch.", StringComparison.Ordinal) && !allowed.Contains(name));
    }

    private static Dictionary<string, string[]> Rules()
    {
        Dictionary<string, string[]> rules = new()
        {
            ["Hutch.Model"] = [],
            ["Hutch.Disk"] = [],
            ["Hutch.Contracts"] = ["Hutch.Model"],
            ["Hutch.Objects"] = Ground,
            ["Hutch.Client"] = [.. Ground, "Hutch.Contracts", "Hutch.Objects"],
            ["Hutch.Mount"] = [.. Ground, "Hutch.Contracts", "Hutch.Objects", "Hutch.Client"],
            ["Hutch.Node"] = [.. Ground, "Hutch.Contracts", "Hutch.Objects", "Hutch.Client", "Hutch.Mount"],
            ["Hutch.DataLadClient"] = [.. Ground, "Hutch.Contracts", "Hutch.Objects", "Hutch.Client"],
            ["Hutch.Detectors"] = [.. Ground, "Hutch.Formats"],
            ["Hutch.Simulator"] = [.. Ground, "Hutch.Formats", "Hutch.Detectors"],
            ["Hutch.Capture"] = [.. Ground, "Hutch.Formats", "Hutch.Detectors", "Hutch.Contracts", "Hutch.Objects", "Hutch.Client"],
            ["Hutch.Server"] = [.. Ground, .. Services, .. Heart, "Hutch.Contracts", "Hutch.Detectors", "Hutch.Doors", .. Doors, .. Movers],
            ["Hutch.Commands"] = ClientParts,
            ["Hutch.Tool"] = ["Hutch.Commands"],
            ["Hutch.Cli"] = ["Hutch.Server", "Hutch.Commands", .. Ground, "Hutch.Contracts", "Hutch.Formats", "Hutch.Messaging", "Hutch.Types", .. Heart, "Hutch.Doors", .. Doors, .. Movers, "Hutch.Objects", "Hutch.Buckets", "Hutch.Cluster", "Hutch.Client", "Hutch.Mount", "Hutch.Detectors", "Hutch.Simulator", "Hutch.Capture", "Hutch.Node"],
            ["Hutch.Analysis"] = [.. Ground, .. Services, "Hutch.Detectors"],
            ["Hutch.Zone"] = [.. Ground, "Hutch.Catalog"],
            ["Hutch.Site"] = [.. Ground, .. Services],
            ["Hutch.Processing"] = [.. Ground, .. Services, "Hutch.Site"],
            ["Hutch.Buckets"] = [.. Ground, "Hutch.Storage", "Hutch.Objects", "Hutch.Site"],
            ["Hutch.Cluster"] = [.. Ground, .. Services, "Hutch.Objects", "Hutch.Site"],
            ["Hutch.Programs"] = [.. Ground, "Hutch.Types"],
            ["Hutch.Datasets"] = [.. Ground, .. Services, .. Planes, "Hutch.Programs"],
            ["Hutch.Doors"] = [.. Ground, "Hutch.Contracts", "Hutch.Zone", "Hutch.Site", "Hutch.Datasets"],
        };
        foreach (string name in Services)
        {
            rules[name] = Ground;
        }

        foreach (string name in Doors)
        {
            rules[name] = [.. Ground, "Hutch.Formats", "Hutch.Messaging", "Hutch.Types", .. Heart, "Hutch.Doors"];
        }

        // Only the REST door writes the documents of REST, but for errors. It also shows publications to the public.
        rules["Hutch.Api"] = [.. rules["Hutch.Api"], "Hutch.Contracts", "Hutch.Publishing"];

        foreach (string name in Movers)
        {
            rules[name] = [.. Ground, "Hutch.Formats", "Hutch.Detectors", "Hutch.Messaging", "Hutch.Types", .. Heart, "Hutch.Objects", "Hutch.Contracts", "Hutch.Client"];
        }

        // Pictures share the memory of the worker.
        rules["Hutch.Previews"] = [.. rules["Hutch.Previews"], "Hutch.Worker"];

        // It has a door of its own, for other sites.
        rules["Hutch.Federation"] = [.. rules["Hutch.Federation"], "Hutch.Doors"];
        return rules;
    }
}
