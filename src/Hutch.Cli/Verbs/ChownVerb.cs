using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch chown</c>: gives a dataset to another owner.</summary>
internal sealed class ChownVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required();
    private readonly Argument<string> _owner = new("owner") { Description = "The new owner, a user or group." };

    internal ChownVerb(CliHost host)
        : base(host, "chown", "Transfer a dataset to another owner.", "hutch chown lysozyme crystallographers")
    {
        Add(_dataset);
        Add(_owner);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        DatasetInfo given = await context.Server.ChangeOwnerAsync(
            dataset.Id, new ChangeOwner { Owner = context.Value(_owner)!.TrimStart('@') }, cancellationToken);
        context.Print(given, HutchJson.Default.DatasetInfo, $"{dataset.Name} is now {given.Name}.");
        return ExitCode.Ok;
    }
}
