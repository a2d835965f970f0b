using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Files;

/// <summary><c>hutch init</c>: registers a folder as a dataset; nothing is uploaded.</summary>
internal sealed class InitVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "init",
        "Create a dataset from a folder. The first `hutch push` uploads the files.",
        "hutch init --title 'Lysozyme, room temperature'",
        "hutch init scans/2026-11-20 --name lysozyme-rt",
        "hutch init scratch --temporary 7")
{
    private readonly Argument<string?> _folder = verb.Argument<string?>(
        "directory", "The folder (default: the current one).", ArgumentArity.ZeroOrOne);
    private readonly Option<string?> _name = verb.Option<string?>(
        "--name NAME", "The dataset's name, or OWNER/NAME (default: from the folder's name).");
    private readonly Option<string?> _title = verb.Option<string?>("--title TEXT", "The title.");
    private readonly Option<string?> _type = verb.Option<string?>(
        "--type TYPE", "The type, such as mx/rotation (default: generic).");
    private readonly Option<int?> _temporary = verb.Option<int?>(
        "--temporary DAYS", "The dataset is temporary: it ends after so many days, unless `hutch keep` makes it last.");
    private readonly Option<string?> _dataset = verb.Option<string?>(
        "--dataset DATASET", "Use this existing dataset instead of creating one; then run `hutch pull`.");
    private readonly Option<string?> _cache = verb.Option<string?>(
        "--cache DIR",
        "A file cache for all your clones. A folder with mode 02750 is a group's: its owner fills it, the group reads it.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string folder = context.FullPath(context.Value(_folder) ?? ".");
        using (Workspace? already = Workspace.TryOpen(folder))
        {
            if (already is not null)
            {
                throw ErrorCode.AlreadyExists.With(
                    $"{Display.Quote(folder)} is already a working directory of "
                    + $"{already.Config.Name ?? already.Config.Dataset.ToString()}.").ToException();
            }
        }

        DatasetInfo dataset = context.Value(_dataset) is { } existing
            ? await context.ResolveWholeAsync(existing, cancellationToken)
            : await context.Server.CreateDatasetAsync(
                new CreateDataset
                {
                    Name = context.Value(_name) ?? SlugOf(Path.GetFileName(folder)),
                    Title = context.Value(_title),
                    Type = context.Value(_type),
                    TransientDays = context.Value(_temporary),
                },
                cancellationToken);
        using Workspace workspace = Workspace.Create(folder, WorkspaceConfig.For(context.Server, dataset) with
        {
            Cache = context.Value(_cache) is { } cache ? context.FullPath(cache) : null,
        });
        string next = dataset.Snapshots > 0 ? "hutch pull" : "hutch push";
        context.Print(
            dataset,
            HutchJson.Default.DatasetInfo,
            $"{folder} is now a working directory of {dataset.Name} ({dataset.Id}). Next: `{next}`.");
        return ExitCode.Ok;
    }

    /// <summary>Converts a folder's name to a slug: lower case, with dashes for all characters except letters and digits.</summary>
    internal static string SlugOf(string folder)
    {
        var slug = new StringBuilder();
        foreach (char c in folder.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        string text = slug.ToString(0, Math.Min(slug.Length, 63)).Trim('-');
        return text.Length >= 3
            ? text
            : throw ErrorCode.InvalidName.With(
                $"Cannot name the dataset after the folder {Display.Quote(folder)}: names have 3 to 63 letters, digits and hyphens. "
                + "Choose one with --name.").ToException();
    }
}
