using System.Text.Json.Nodes;
using Hutch.Capture;

namespace Hutch.Commands.Verbs.Frames;

/// <param name="results">The template of the file with the results of another pipeline; null if there is none.</param>
internal sealed class ShadowFiles(string file, string? results, Func<string, string> fullPath)
{
    /// <summary>The files of a series; null if it does not say which, and then why.</summary>
    internal (string File, string? Results)? Find(string series, JsonObject? fields, out string? problem)
    {
        var missing = new List<string>();
        string filled = SeriesTemplate.Fill(file, series, fields, missing);
        string? ofResults = results is null ? null : SeriesTemplate.Fill(results, series, fields, missing);
        problem = missing.Count > 0 ? SeriesTemplate.Missing(missing)
            : LeadsUp(filled) || (ofResults is not null && LeadsUp(ofResults)) ? $"{Display.Quote(filled)} leads out of its folder."
            : null;
        return problem is null ? (fullPath(filled), ofResults is null ? null : fullPath(ofResults)) : null;
    }

    /// <summary>Returns true if a path filled with values of the detector leads out of the folder that the operator names.</summary>
    private static bool LeadsUp(string path) => path.Split('/').Contains("..");
}
