using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs;

/// <summary><c>hutch completion</c>: prints a script that makes a shell complete verbs, options, values and names of datasets.</summary>
internal sealed class CompletionVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "completion",
        "Print the completion script for your shell: verbs, options, their values, and the names of datasets.",
        "hutch completion bash > ~/.local/share/bash-completion/completions/hutch",
        "hutch completion zsh > ~/.zfunc/_hutch",
        "hutch completion fish > ~/.config/fish/completions/hutch.fish")
{
    private readonly Argument<string> _shell = verb.Argument<string>("shell", "The shell: bash, zsh or fish.")
        .AcceptOnlyFromAmong("bash", "zsh", "fish");

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        RootCommand root = HutchProgram.BuildAll(context.Host);
        context.Host.Out.Write(context.Value(_shell) switch
        {
            "bash" => CompletionScript.Bash(root),
            "zsh" => CompletionScript.Zsh(root),
            _ => CompletionScript.Fish(root),
        });
        return Task.FromResult(ExitCode.Ok);
    }
}
