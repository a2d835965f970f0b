using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Sharing;

internal sealed class UnshareVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "unshare",
        "Revoke access or a share link, at once.",
        "hutch unshare lysozyme --with bob",
        "hutch unshare lysozyme --link 7f3a9c")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Option<string?> _with = verb.Option<string?>("--with WHO", "The recipient: USER, @GROUP, or `public`.");
    private readonly Option<string?> _link = verb.Option<string?>("--link ID", "The id of a share link.");

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
