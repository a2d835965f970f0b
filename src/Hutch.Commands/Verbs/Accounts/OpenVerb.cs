using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch open</c>: the portal in the browser, logged in with the token of the command line.</summary>
internal sealed class OpenVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "open",
        "Open the portal, or a dataset in it, in your browser. Your token logs you in there, by a link that works once.",
        "hutch open",
        "hutch open lysozyme",
        "hutch open --print")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional(
        "The dataset, as NAME, OWNER/NAME or id (default: that of the working directory, else the portal's first page)."));
    private readonly Option<bool> _print = verb.Option<bool>("--print", "Print the link and open nothing.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string page = context.Value(_dataset) is not null || context.Workspace is not null
            ? PortalUrl.DatasetPage((await context.ResolveAsync(context.Value(_dataset), cancellationToken)).Dataset.Id)
            : "";
        OpenLine line = await FindAsync(context, page, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(line, CliJson.Default.OpenLine);
            return ExitCode.Ok;
        }

        if (!context.Value(_print) && context.Host.OpenBrowser(line.Url))
        {
            context.WriteNote("Opened in your browser: " + context.Server.Remote + page);
            return ExitCode.Ok;
        }

        context.Host.Out.WriteLine(line.Url);
        if (line.Expires is { } end)
        {
            context.WriteNote($"The first to open this link, until {Human.Time(end)}, is logged in as you.");
        }

        return ExitCode.Ok;
    }

    private static async Task<OpenLine> FindAsync(CliContext context, string page, CancellationToken cancellationToken)
    {
        string plain = context.Server.Remote + page;
        if (context.Server.IsAnonymous)
        {
            return new OpenLine(plain, null);
        }

        try
        {
            CreatedLoginLink link = await context.Server.CreateOwnLoginLinkAsync(cancellationToken);
            string login = Uri.TryCreate(link.Url, UriKind.Absolute, out _) ? link.Url : context.Server.Remote + link.Url;
            string url = page.Length == 0 ? login : login.Replace("login#", $"login?return=/{page}#", StringComparison.Ordinal);
            return new OpenLine(url, link.Expires);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.ScopeMissing || e.Error.Code == ErrorCode.Forbidden)
        {
            context.WriteNote($"{e.Error.Message} The page opens without a login.");
            return new OpenLine(plain, null);
        }
    }
}

/// <summary>The output of <c>hutch open --json</c>.</summary>
/// <param name="Expires">The end of the login link; null for an address without a login.</param>
internal sealed record OpenLine(string Url, DateTimeOffset? Expires);
