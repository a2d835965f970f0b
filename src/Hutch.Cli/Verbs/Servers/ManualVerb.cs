using Hutch.Cli.Manual;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs;

namespace Hutch.Cli.Verbs.Servers;

/// <summary>
/// <c>hutch manual</c>: writes the manual pages into a folder, for packages. <c>SOURCE_DATE_EPOCH</c> gives the date in them, so that the
/// same program writes the same bytes.
/// </summary>
internal sealed class ManualVerb(VerbDeclaration verb)
    : Verb(verb.Hide(), "manual", "Write the manual pages of all commands into a folder, as man reads them.")
{
    private readonly Argument<string> _folder = verb.Argument<string>(
        "folder", "The folder for the pages; it is made if need be.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(context.Host.Folder, context.Value(_folder)!);
        Directory.CreateDirectory(folder);
        string date = long.TryParse(context.Host.Environment("SOURCE_DATE_EPOCH"), CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : "";
        var pages = new ManualPages(ClientVersion.Text, date);
        foreach ((string file, string text) in pages.Make(FullProgram.BuildAll(context.Host), VerbList.Sections))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, file), text, cancellationToken);
        }

        return ExitCode.Ok;
    }
}
