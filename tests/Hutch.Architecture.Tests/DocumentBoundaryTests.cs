using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>
/// Authorized operations take and return domain types. REST documents are written in Hutch.Api alone and read by its clients, so that no
/// other protocol depends on how REST writes things.
/// </summary>
public sealed class DocumentBoundaryTests
{
    private const string Documents = "Hutch.Model.Contracts.";

    /// <summary>Where the documents are declared, written, and read: capture is a client of the server that it fills.</summary>
    private static readonly string[] With = ["Hutch.Model", "Hutch.Api", "Hutch.Client", "Hutch.Cli", "Hutch.Live"];

    [Fact]
    public void Only_the_REST_interface_and_its_clients_know_its_documents()
    {
        Violations violations = new("REST documents are made in Hutch.Api alone");
        foreach (Project project in Repository.Products.Where(project => !With.Contains(project.Name)))
        {
            using CompiledAssembly assembly = CompiledAssembly.Open(project);
            violations.AddRange(
                assembly.TypesUsedOf("Hutch.Model")
                    .Where(type => type.StartsWith(Documents, StringComparison.Ordinal))
                    .Select(type => (project.Name, $"uses {type}")));
        }

        violations.AssertNone();
    }
}
