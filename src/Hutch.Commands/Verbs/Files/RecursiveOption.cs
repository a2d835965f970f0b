using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Files;

/// <summary>The option that takes the datasets inside a dataset along.</summary>
internal static class RecursiveOption
{
    public static Option<bool> Make(string description) => new("--recursive", "-r") { Description = description };

    /// <summary>The words of a command for one nested dataset at the version that is named, in its folder.</summary>
    public static string InFolder(CliContext context, string verb, NestedDataset nested) =>
        $"{verb} {Versioned(nested)} {Display.Name(Path.GetRelativePath(context.Host.Folder, nested.Folder))}";

    /// <summary>The id of a nested dataset with the snapshot that is named.</summary>
    public static string Versioned(NestedDataset nested) =>
        nested.Snapshot is { } number ? $"{nested.Dataset}@{number}" : $"{nested.Dataset}";
}
