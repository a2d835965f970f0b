using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs;
using Hutch.Commands.Verbs.Runs;
using Hutch.Disk.Folders;
using Hutch.Messaging.Recipes;
using Hutch.Objects.S3;

namespace Hutch.Cli.Verbs.Runs;

/// <summary><c>hutch submit</c>: a whole stored dataset once more through the workers, as fast as they take it.</summary>
internal sealed class SubmitVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required(
        "The dataset, as NAME, OWNER/NAME or id; or its bucket, s3://HOST:PORT/BUCKET, at the server of your login.");

    private readonly Option<string?> _recipe = new("--recipe")
    {
        Description = "A file with a recipe in the JSON form of Zocalo: which step, and the queues that its rows go to. "
            + "--parameter NAME=VALUE takes the place of {NAME} in it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _missingFrom = new("--missing-from")
    {
        Description = "Only frames that have no result in this run, such as those that it skipped. The same step or recipe with the same "
            + "parameters, if no other is given.",
        HelpName = "RUN",
    };

    private readonly StepOptions _step;

    private readonly Option<bool> _wait = new("--wait") { Description = "Print the results as they arrive, then the totals." };

    internal SubmitVerb(CliHost host)
        : base(
            host,
            "submit",
            "Analyse all frames of a dataset again. --wait prints the results as they arrive, and the rate. `hutch analyse` analyses only "
            + "what was not analysed yet.",
            "hutch submit lysozyme --wait",
            "hutch submit lysozyme --namespace trial --wait",
            "hutch submit lysozyme --recipe spots.json --parameter dcid=4711",
            "hutch submit lysozyme --missing-from 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 --wait")
    {
        Add(_dataset);
        Add(_recipe);
        _step = new StepOptions(this);
        Add(_missingFrom);
        Add(_step.Output);
        Add(_step.Follow);
        Add(_step.WhenBehind);
        Add(_step.Namespace);
        Add(_step.Callback);
        Add(_wait);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        StartAnalysis wanted = _step.CreateRequest(context) with
        {
            Recipe = context.Value(_recipe) is { } file ? Read(context.FullPath(file)) : null,
            MissingFrom = context.Value(_missingFrom),
            Again = true,
        };
        string name = context.Value(_dataset)!;
        return await RunResults.StartAsync(
            context, S3Location.IsOne(name) ? NameOf(context, name) : name, wanted, context.Value(_wait), cancellationToken);
    }

    /// <summary>The dataset of a bucket. A key of S3 cannot start a run, so that the login does.</summary>
    private static string NameOf(CliContext context, string address)
    {
        string bucket = S3Location.Parse(address).Value.Bucket
            ?? throw ErrorCode.BadRequest.With($"The address has no bucket; use {S3Location.Form}.").ToException();
        int dot = bucket.IndexOf('.', StringComparison.Ordinal);
        string name = dot < 0 ? bucket : $"{bucket[..dot]}/{bucket[(dot + 1)..]}";
        context.WriteNote($"The frames of {name} are analysed at {context.ServerConnection.Remote}, with your login there.");
        return name;
    }

    private static JsonElement Read(string file) => SmallFile.TryRead(file) is { } bytes
        ? Recipe.ParseJson(bytes).Value
        : throw (ErrorCode.NotFound with { Advice = "Check the path." }).With($"There is no file {Display.Quote(file)}.").ToException();
}
