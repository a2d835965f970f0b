using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>A path of the REST interface is written once, in the table of calls.</summary>
public sealed partial class RestPathTests
{
    private const string Table = "src/Hutch.Contracts/Rest/RestCalls.cs";

    /// <summary>Texts that only look like such paths, and paths of projects that know no documents of the interface.</summary>
    private static readonly Dictionary<string, string> MayNamePaths = new()
    {
        ["src/Hutch.Contracts/Rest/"] = "the table, and the root of its paths",
        ["src/Hutch.Model/Text/PortalUrl.cs"] = "pages of the portal",
        ["src/Hutch.Client/Configuration/DatasetAddress.cs"] = "the page of a dataset in the portal",
        ["src/Hutch.Api/Documents/ProvenanceDocuments.cs"] = "pages of the portal",
        ["src/Hutch.Types/Catalog/BuiltInTypes.cs"] = "names of resources",
        ["src/Hutch.Storage/Segments/Format/MemberName.cs"] = "names of members of segments",
        ["src/Hutch.Model/Analyses/StepDeclaration.cs"] = "names of steps",
        ["src/Hutch.Zone/Logins/ZoneLoginClient.cs"] = "ApiPageTests compares it with the table",
        ["src/Hutch.Zone/Logins/SiteLoginAuthorizer.cs"] = "ApiPageTests compares it with the table",
        ["src/Hutch.Processing/Feeding/FrameAddresses.cs"] = "FrameAddressTests opens such an address",
    };

    [Fact]
    public void Only_the_table_of_calls_has_paths_of_the_REST_interface()
    {
        string[] words = [.. FirstWord().Matches(Repository.Text(Table)).Select(match => match.Groups[1].Value).Distinct()];
        var path = new Regex($"""(?<=")/?(?:api/v1\b|(?:{string.Join('|', words)})/(?!v1/))""");
        Violations violations = new("Name a call of RestCalls, and bind it with At");
        foreach (SourceFile file in Repository.Sources("src").Where(file => !MayNamePaths.Keys.Any(file.Path.StartsWith)))
        {
            foreach (Match match in path.Matches(file.Text).Where(match => file.Strings[match.Index] == match.Value[0]))
            {
                violations.Add($"{file.Path}:{file.LineAt(match.Index)}", $"has the path {match.Value}");
            }
        }

        violations.AssertNone();
        Assert.Matches(path, "Get(\"datasets/{id}/close\")");
        Assert.InRange(words.Length, 30, 60);
    }

    [GeneratedRegex("""
        "[A-Z]+", "/([\w.-]+)
        """)]
    private static partial Regex FirstWord();
}
