using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Sharing;

/// <summary><c>hutch chown</c>: offers a dataset to another owner, or gives it.</summary>
internal sealed class ChownVerb(VerbDeclaration verb)
    : Verb(
        verb, "chown",
        "Offer a dataset to another owner, who must accept it. Administrators, and managers of the group that gets it, transfer it "
        + "at once.",
        "hutch chown lysozyme crystallographers")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Argument<string> _owner = verb.Argument<string>("owner", "The new owner, a user or group.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        DatasetInfo given = await context.Server.ChangeOwnerAsync(
            dataset.Id, new ChangeOwner { Owner = context.Value(_owner)!.TrimStart('@') }, cancellationToken);
        if (given.Offer is not { } offer)
        {
            context.Print(given, HutchJson.Default.DatasetInfo, $"{dataset.Name} is now {given.Name}.");
            return ExitCode.Ok;
        }

        context.Print(
            given,
            HutchJson.Default.DatasetInfo,
            $"{dataset.Name} is offered to {offer.To}, and stays yours until they accept it (`hutch offer accept {dataset.Name}`).");
        if (offer.Hindrance is { } hindrance)
        {
            context.WriteNote($"They could not accept it now: {hindrance}");
        }

        return ExitCode.Ok;
    }
}
