using System.Buffers;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Objects.Http;

namespace Hutch.Commands.Verbs.Datasets;

/// <summary>
/// <c>hutch complete-datasets</c>: the names of datasets that begin with a word, for the scripts of <c>hutch completion</c>. A person waits
/// with a finger on the key: it is quick, or says nothing.
/// </summary>
internal sealed class CompleteDatasetsVerb(VerbDeclaration verb)
    : Verb(verb.Hide(), CompletionScript.DatasetsVerb, "Print the names of datasets that begin with a word, for a shell.")
{
    private const int MaxNames = 100;
    private const int MaxDatasets = 2000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    // A shell expands the words that complete a command line: text that is not a name must not become a command.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");

    private readonly Argument<string> _verb = verb.Argument<string>("verb", "The verb that is being completed.");
    private readonly Argument<string> _word = verb.Argument<string>("word", "What is there of the name.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource(Timeout, context.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellationToken);
        try
        {
            string? state = context.Value(_verb)!.Trim() is "restore" or "purge" ? DatasetStates.Trash : null;
            string word = context.Value(_word)!;
            var names = new HashSet<string>(StringComparer.Ordinal);
            await foreach (DatasetInfo dataset in context.Server.ListDatasetsAsync(null, state, either.Token).Take(MaxDatasets))
            {
                string name = dataset.Name.StartsWith(word, StringComparison.Ordinal) ? dataset.Name : dataset.Slug;
                if (name.StartsWith(word, StringComparison.Ordinal) && !name.AsSpan().ContainsAnyExcept(NameCharacters) && names.Add(name))
                {
                    await context.Host.Out.WriteLineAsync(name);
                    if (names.Count == MaxNames)
                    {
                        break;
                    }
                }
            }
        }
        catch (Exception e) when (!context.Verbose && IsNoAnswer(e, stop))
        {
            // No server, no login or no time: there is nothing to offer, and the line that a person types is no place to say so.
        }

        return ExitCode.Ok;
    }

    private static bool IsNoAnswer(Exception exception, CancellationTokenSource stop) =>
        exception is HutchException or BadAnswerException or IOException or HttpRequestException
        || (exception is OperationCanceledException && stop.IsCancellationRequested);
}
