using System.Text.RegularExpressions;
using Hutch.Contracts.Rest;

namespace Hutch.Contracts.Tests.Rest;

/// <summary>A request in the source of the Python package.</summary>
/// <param name="Method">Null where the source does not say it beside the path.</param>
/// <param name="Path">The path below the root, with <c>{}</c> for each expression in it.</param>
internal sealed partial record PythonCall(string? Method, string Path)
{
    public static IEnumerable<PythonCall> FindAll(string source)
    {
        string text = ExpressionPattern().Replace(source, "{}");
        foreach (Match match in SentPattern().Matches(text))
        {
            yield return new PythonCall(match.Groups["method"].Value, match.Groups["path"].Value);
        }

        foreach (Match match in OfDatasetPattern().Matches(text))
        {
            yield return new PythonCall(match.Groups["method"].Value, "datasets/{}" + match.Groups["path"].Value);
        }

        foreach (Match match in PagesPattern().Matches(text))
        {
            yield return new PythonCall("GET", match.Groups["path"].Value);
        }

        foreach (Match match in SessionPattern().Matches(text))
        {
            yield return new PythonCall(null, "sessions/{}/" + match.Groups["path"].Value);
        }

        foreach (Match match in AssignedPattern().Matches(text))
        {
            yield return new PythonCall(null, match.Groups["path"].Value);
        }
    }

    public bool Fits(RestCall call)
    {
        string[] parts = Path.Split('/'), route = call.Pattern.Split('/')[1..];
        bool isOpen = route[^1].StartsWith("{**", StringComparison.Ordinal);
        return (Method ?? call.Method) == call.Method
            && (isOpen ? parts.Length >= route.Length : parts.Length == route.Length)
            && route.Select((part, i) => part.StartsWith('{') ? parts[i].Length > 0 : part == parts[i]).All(static fits => fits);
    }

    [GeneratedRegex(@"(?<=f""[^""\n]*)\{[^{}""\n]+\}")]
    private static partial Regex ExpressionPattern();

    [GeneratedRegex(@"\.(?:json|send)\(\s*""(?<method>[A-Z]+)"",\s*f?""(?<path>[^""]*[^""}]|[^""]*/\{\})""")]
    private static partial Regex SentPattern();

    [GeneratedRegex(@"\._call\(\s*""(?<method>[A-Z]+)""(?:,\s*f?""(?<path>/[^""]*)"")?")]
    private static partial Regex OfDatasetPattern();

    [GeneratedRegex(@"\.(?:pages|_datasets)\(\s*f?""(?<path>[^""]+)""")]
    private static partial Regex PagesPattern();

    [GeneratedRegex(@"session\.path\(\s*f?""(?<path>[^""]+)""")]
    private static partial Regex SessionPattern();

    [GeneratedRegex(@"(?:path|address) = f""(?<path>[a-z]+/[^""]+)""|return f""(?<path>(?:datasets|sessions)/(?:[^""{]|\{\}(?!""))*\w)""")]
    private static partial Regex AssignedPattern();
}
