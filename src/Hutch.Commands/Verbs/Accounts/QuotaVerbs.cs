using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

internal static class QuotaVerbs
{
    internal static Command Create(CliHost host) =>
        new VerbGroup(
            "quota", "Show storage and processor time, and set their limits.", new ListQuotasVerb(host), new ShowVerb(host),
            new SetVerb(host), new BudgetVerb(host));

    private static string Part(long used, long? limit) => limit switch
    {
        null => "",
        0 => "100 %",
        long most => string.Create(CultureInfo.InvariantCulture, $"{100.0 * used / most:0} %"),
    };

    private static string Describe(OwnerStorage owner) =>
        $"{owner.Owner}: {Display.Bytes(owner.Bytes)}{(owner.QuotaBytes is long bytes ? $" of {Display.Bytes(bytes)}" : " (no limit)")}, "
        + $"{Human.Count(owner.Entries)}{(owner.QuotaEntries is long entries ? $" of {Human.Count(entries)}" : "")} entries"
        + (owner.QuotaEntries is null ? " (no limit), " : ", ")
        + Human.Count(owner.Datasets, "dataset")
        + (owner.CoreHours > 0 || owner.BudgetCoreHours is not null ? $"; core hours: {CoreHours(owner)}" : "");

    /// <summary>Returns the processor time that counts for the budget, or all of it without one.</summary>
    private static string CoreHours(OwnerStorage owner) => owner.BudgetCoreHours is not { } budget
        ? string.Create(CultureInfo.InvariantCulture, $"{owner.CoreHours:0.####}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{(owner.BudgetMonthly == true ? owner.CoreHoursThisMonth : owner.CoreHours):0.####} of {budget:0.####}"
            + $"{(owner.BudgetMonthly == true ? " a month" : "")}");

    private sealed class ListQuotasVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List the storage use and quota of every owner (operators and auditors).", "hutch quota list")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            StorageInfo storage = await context.Server.GetStorageAsync(0, cancellationToken);
            if (context.Json)
            {
                context.PrintJson(storage, HutchJson.Default.StorageInfo);
                return ExitCode.Ok;
            }

            var table = new TextTable("OWNER", "BYTES", "OF", "USED", "ENTRIES", "OF", "USED", "DATASETS", "CORE HOURS");
            foreach (OwnerStorage owner in storage.Owners)
            {
                table.Add(
                    owner.Owner,
                    Display.Bytes(owner.Bytes),
                    owner.QuotaBytes is long bytes ? Display.Bytes(bytes) : "unlimited",
                    Part(owner.Bytes, owner.QuotaBytes),
                    Human.Count(owner.Entries),
                    owner.QuotaEntries is long entries ? Human.Count(entries) : "unlimited",
                    Part(owner.Entries, owner.QuotaEntries),
                    Human.Count(owner.Datasets),
                    CoreHours(owner));
            }

            context.Write(table, "No user stores anything.");
            context.WriteNote(
                $"{Display.Bytes(storage.Total.Bytes)} in {Human.Count(storage.Total.Segments, "segment")}; "
                + $"{Display.Bytes(storage.Total.Free)} free.");
            return ExitCode.Ok;
        }
    }

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "show",
            "Show storage and processor time of an owner: your own, your groups', or any owner's (operators and auditors).",
            "hutch quota show alice")
    {
        private readonly Argument<string> _owner = verb.Argument<string>("owner", "A user or a group.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            OwnerStorage owner = await context.Server.GetQuotaAsync(context.Value(_owner)!, cancellationToken);
            context.Print(owner, HutchJson.Default.OwnerStorage, Describe(owner));
            return ExitCode.Ok;
        }
    }

    private sealed class SetVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "set",
            "Set the quota of an owner (administrators). An owner above the quota keeps everything but cannot add more.",
            "hutch quota set alice --bytes 500GiB --entries 1000000",
            "hutch quota set beamline-7")
    {
        private readonly Argument<string> _owner = verb.Argument<string>("owner", "A user or a group.");
        private readonly Option<string?> _bytes = verb.Option<string?>(
            "--bytes SIZE", "The maximum size, such as 500GiB or 2TB (default: unlimited).");
        private readonly Option<long?> _entries = verb.Option<long?>(
            "--entries N", "The maximum number of files, links and empty directories (default: unlimited).");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            long? bytes = context.Value(_bytes) is { } text ? Sizes.Parse(text).Value : null;
            OwnerStorage owner = await context.Server.SetQuotaAsync(
                context.Value(_owner)!, new SetQuota { Bytes = bytes, Entries = context.Value(_entries) }, cancellationToken);
            context.Print(owner, HutchJson.Default.OwnerStorage, Describe(owner));
            return ExitCode.Ok;
        }
    }

    private sealed class BudgetVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "budget",
            "Set the budget of processor time of programs for an owner (administrators). Runs beyond it wait; none is ended.",
            "hutch quota budget alice --core-hours 500 --monthly",
            "hutch quota budget beamline-7")
    {
        private readonly Argument<string> _owner = verb.Argument<string>("owner", "A user or a group.");
        private readonly Option<double?> _hours = verb.Option<double?>(
            "--core-hours N", "The maximum processor time of programs, in hours of one core (default: unlimited).");
        private readonly Option<bool> _monthly = verb.Option<bool>(
            "--monthly", "A limit of each month (default: of all time).");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            OwnerStorage owner = await context.Server.SetBudgetAsync(
                context.Value(_owner)!,
                new SetBudget { CoreHours = context.Value(_hours), Monthly = context.Value(_monthly) },
                cancellationToken);
            context.Print(owner, HutchJson.Default.OwnerStorage, Describe(owner));
            return ExitCode.Ok;
        }
    }
}
