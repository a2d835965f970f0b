using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>The facility's own files are never at risk: the agent changes nothing in their folders but its own block.</summary>
public sealed partial class FacilityFileTests
{
    private const string Writer = "Hutch.Agent.Writing.";

    [Fact]
    public void Only_the_writer_of_the_block_changes_anything_in_a_folder()
    {
        Violations violations = new("The agent reads facility folders; only Hutch.Agent.Writing changes anything there");
        using CompiledAssembly agent = CompiledAssembly.Open(Repository.Products.Single(project => project.Name == "Hutch.Agent"));
        violations.AddRange(agent.Calls()
            .Where(call => IsFileType(call.Type) && Changing().IsMatch(call.Method) && !call.Caller.StartsWith(Writer, StringComparison.Ordinal))
            .Select(call => (call.Where, $"{call.Caller} calls {call}")));

        violations.AssertNone();
    }

    private static bool IsFileType(string type) =>
        type.StartsWith("Hutch.Disk.", StringComparison.Ordinal) || type.StartsWith("System.IO.", StringComparison.Ordinal)
        || type == Writer + "IMetadataFolder" || type == Writer + "MetadataFolder";

    [GeneratedRegex("^(Try)?(Delete|Remove|Move|Replace|Rename|Exchange|Create|Make|Write|Append|Publish|Set(Mode|Modified|Length|UnixFileMode|LastWrite|Attributes))")]
    private static partial Regex Changing();
}
