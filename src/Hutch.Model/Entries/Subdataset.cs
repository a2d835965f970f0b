using System.Text;

namespace Hutch.Model;

/// <summary>A dataset inside a dataset, as a section of <c>.gitmodules</c> names it.</summary>
/// <param name="Path">Its path in the superdataset.</param>
/// <param name="Url">The address at which git looks for it.</param>
/// <param name="Id">The id that DataLad noted; null without one.</param>
public sealed record Subdataset(string Path, string Url, DatasetId? Id)
{
    /// <summary>The file with the list of subdatasets.</summary>
    public const string ListPath = ".gitmodules";

    /// <summary>The most levels of subdatasets that are followed: one can name itself.</summary>
    public const int MaxLevels = 16;

    /// <summary>The most bytes of the list that are read: some ten thousand subdatasets.</summary>
    public const int MaxListBytes = 4 << 20;

    /// <summary>Reads the sections of a list in their order.</summary>
    public static IEnumerable<Subdataset> ReadAll(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in text.Split('\n').Select(static line => line.Trim()).Append("["))
        {
            if (line.StartsWith('['))
            {
                if (values.Count > 0)
                {
                    yield return new Subdataset(
                        values.GetValueOrDefault("path", ""), values.GetValueOrDefault("url", ""),
                        DatasetId.TryParse(values.GetValueOrDefault("datalad-id", ""), out DatasetId id) ? id : null);
                }

                values.Clear();
            }
            else if (line.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            {
                values[line[..at].TrimEnd()] = Plain(line[(at + 1)..].TrimStart());
            }
        }
    }

    /// <summary>A value as git writes it: bare, or in quotes with backslashes.</summary>
    private static string Plain(string value) => value is ['"', .. var inside, '"']
        ? inside.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
        : value;
}
