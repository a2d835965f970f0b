using System.Collections.Frozen;

namespace Hutch.Publishing.Identifiers;

/// <summary>The licences of the SPDX list, version 3.28. Its ids are in the public domain.</summary>
public static class SpdxLicenses
{
    private static readonly Lazy<FrozenDictionary<string, string>> Ids = new(Read);

    /// <summary>The id in the list's spelling; null if the list does not have it.</summary>
    public static string? Parse(string? text) => Ids.Value.GetValueOrDefault(text?.Trim() ?? "");

    public static string Address(string id) => $"https://spdx.org/licenses/{id}.html";

    private static FrozenDictionary<string, string> Read()
    {
        using Stream list = typeof(SpdxLicenses).Assembly.GetManifestResourceStream("spdx-licenses.txt")!;
        using var reader = new StreamReader(list);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToFrozenDictionary(static id => id, StringComparer.OrdinalIgnoreCase);
    }
}
