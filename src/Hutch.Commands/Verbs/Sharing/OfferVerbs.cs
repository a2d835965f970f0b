using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Sharing;

/// <summary><c>hutch offer list | accept | decline</c>: datasets that others want to give you.</summary>
internal static class OfferVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "offer", "See, accept and decline datasets that are offered to you.", new ListOffersVerb(host), new AcceptOfferVerb(host),
        new DeclineVerb(host));

    private static Argument<string> Dataset() =>
        new("dataset") { Description = "The offered dataset: OWNER/NAME or the id, from `hutch offer list`." };

    private static async Task<OfferInfo> FindAsync(CliContext context, string dataset, CancellationToken cancellationToken)
    {
        await foreach (OfferInfo offer in context.Server.ListOffersAsync(own: false, cancellationToken))
        {
            if (offer.Name == dataset || offer.Dataset.ToString() == dataset)
            {
                return offer;
            }
        }

        throw ErrorCode.NotFound.With(
            $"There is no open offer of {Display.Quote(dataset)}; `hutch offer list` shows all with their full names.").ToException();
    }

    private sealed class ListOffersVerb(VerbDeclaration verb)
        : Verb(
            verb, "list", "List the datasets offered to you and to groups that you manage, and what their givers keep.",
            "hutch offer list", "hutch offer list --own")
    {
        private readonly Option<bool> _own = verb.Option<bool>(
            "--own", "Instead, list your own datasets that you offer to others.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("DATASET", "TO", "BY", "SINCE", "FILES", "SIZE", "GIVER KEEPS", "ALSO SHARED WITH", "HINDRANCE");
            await context.AddAsync(
                table, context.Server.ListOffersAsync(context.Value(_own), cancellationToken), HutchJson.Default.OfferInfo,
                offer =>
                [
                    offer.Name, offer.To, offer.By, Human.Time(offer.Time), Human.Count(offer.Files), Display.Bytes(offer.Bytes),
                    offer.GiverKeeps ?? "nothing", string.Join(", ", offer.Grants.Select(grant => $"{grant.Principal} ({grant.Right})")),
                    offer.Hindrance ?? "",
                ]);

            context.Write(table, context.Value(_own) ? "You offer no dataset." : "No dataset is offered to you.");
            return ExitCode.Ok;
        }
    }

    private sealed class AcceptOfferVerb(VerbDeclaration verb)
        : Verb(
            verb, "accept", "Accept a dataset: it is yours from now on, and counts for your quota.",
            "hutch offer accept alice/lysozyme", "hutch offer accept alice/lysozyme --name lysozyme-2")
    {
        private readonly Argument<string> _dataset = verb.Add(Dataset());
        private readonly Option<string?> _name = verb.Option<string?>(
            "--name NAME", "A new name, if you have a dataset of this name already.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            OfferInfo offer = await FindAsync(context, context.Value(_dataset)!, cancellationToken);
            DatasetInfo dataset = await context.Server.AcceptOfferAsync(
                offer.Dataset, new AcceptOffer { Slug = context.Value(_name) }, cancellationToken);
            context.Print(dataset, HutchJson.Default.DatasetInfo, $"{offer.Name} is now {dataset.Name}.");
            if (offer.GiverKeeps is { } right)
            {
                context.WriteNote($"{offer.By} still has the right '{right}' on it; `hutch unshare {dataset.Name}` takes rights back.");
            }

            return ExitCode.Ok;
        }
    }

    private sealed class DeclineVerb(VerbDeclaration verb)
        : Verb(
            verb, "decline", "Decline a dataset: it stays its owner's.",
            "hutch offer decline alice/lysozyme", "hutch offer decline lysozyme --own")
    {
        private readonly Argument<string> _dataset = verb.Add(Dataset());
        private readonly Option<bool> _own = verb.Option<bool>(
            "--own", "Instead, take back the offer of a dataset of your own.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string name = context.Value(_dataset)!;
            DatasetId id = context.Value(_own)
                ? (await context.ResolveWholeAsync(name, cancellationToken)).Id
                : (await FindAsync(context, name, cancellationToken)).Dataset;
            await context.Server.EndOfferAsync(id, cancellationToken);
            context.WriteDone(context.Value(_own) ? $"{name} is no longer offered." : $"Declined {name}.");
            return ExitCode.Ok;
        }
    }
}
