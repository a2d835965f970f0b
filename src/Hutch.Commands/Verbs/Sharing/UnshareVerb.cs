using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Sharing;

internal sealed class UnshareVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required();
    private readonly Option<string?> _with = new("--with") { Description = "The recipient: USER, @GROUP, or `public`.", HelpName = "WHO" };
    private readonly Option<string?> _link = new("--link") { Description = "The id of a share link.", HelpName = "ID" };

    internal UnshareVerb(CliHost host)
        : base(
            host,
            "unshare",
            "Revoke access or a share link, at once.",
            "hutch unshare lysozyme --with bob",
            "hutch unshare lysozyme --link 7f3a9c")
    {
        Add(_dataset);
        Add(_with);
        Add(_link);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (string? with, string? link) = (context.Value(_with), context.Value(_link));
        if (with is null == link is null)
        {
            throw ErrorCode.BadRequest.With("Use either --with WHO or --link ID; `hutch share DATASET` lists both.").ToException();
        }

        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        if (with is not null)
        {
            await context.Server.DeleteGrantAsync(dataset.Id, ShareVerb.PrincipalOf(with), cancellationToken);
        }
        else
        {
            await context.Server.DeleteLinkAsync(dataset.Id, link!, cancellationToken);
        }

        context.WriteDone($"{dataset.Name} is no longer shared with {with ?? "link " + link}.");
        return ExitCode.Ok;
    }
}
