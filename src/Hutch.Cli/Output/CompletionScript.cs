using System.CommandLine;
using System.Text;

namespace Hutch.Cli.Output;

/// <summary>
/// Shell scripts that complete the verbs and options of a command tree. They hold the words themselves, so that completing starts no
/// process.
/// </summary>
internal static class CompletionScript
{
    private const string Matches = "compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"";

    // zsh has no mapfile.
    private const string BashReply = $"mapfile -t COMPREPLY < <({Matches})";

    internal static string Bash(RootCommand root)
    {
        var script = new StringBuilder(
            "# bash completion for hutch; made by `hutch completion bash`\n_hutch() {\n    local path='' word i\n");
        script.Append("    for ((i = 1; i < COMP_CWORD; i++)); do\n        word=${COMP_WORDS[i]}\n        case \"$path $word\" in\n");
        script.Append("            ").AppendJoin('|', Paths(root).Select(p => $"' {p}'"));
        script.Append(") path=\"$path $word\" ;;\n        esac\n    done\n");
        script.Append("    local words=''\n    case \"$path\" in\n");
        foreach ((string path, string words) in Words(root))
        {
            script.Append($"        '{(path.Length == 0 ? "" : " " + path)}') words='{words}' ;;\n");
        }

        script.Append("    esac\n    " + BashReply + "\n}\n");
        return script.Append("complete -o default -F _hutch hutch\n").ToString();
    }

    /// <summary>zsh runs the bash script through its bash layer.</summary>
    internal static string Zsh(RootCommand root) =>
        "#compdef hutch\n# zsh completion for hutch; made by `hutch completion zsh`\nautoload -U +X bashcompinit && bashcompinit\n"
        + Bash(root).Replace(BashReply, $"COMPREPLY=($({Matches}))", StringComparison.Ordinal);

    internal static string Fish(RootCommand root)
    {
        var script = new StringBuilder("# fish completion for hutch; made by `hutch completion fish`\n");
        foreach (Command verb in Visible(root))
        {
            script.Append($"complete -c hutch -n __fish_use_subcommand -f -a {verb.Name} -d {Quote(verb.Description)}\n");
            foreach (Command child in Visible(verb))
            {
                script.Append(
                    $"complete -c hutch -n '__fish_seen_subcommand_from {verb.Name}' -f -a {child.Name} -d {Quote(child.Description)}\n");
            }

            foreach (Option option in verb.Options.Concat(Visible(verb).SelectMany(c => c.Options)).Where(o => !o.Hidden && !o.Recursive))
            {
                script.Append(
                    $"complete -c hutch -n '__fish_seen_subcommand_from {verb.Name}' -l {option.Name.TrimStart('-')} -d "
                    + $"{Quote(option.Description)}\n");
            }
        }

        foreach (Option option in root.Options.Where(o => !o.Hidden))
        {
            script.Append($"complete -c hutch -l {option.Name.TrimStart('-')} -d {Quote(option.Description)}\n");
        }

        return script.ToString();
    }

    private static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(c => !c.Hidden);

    private static IEnumerable<string> Paths(Command command, string prefix = "")
    {
        foreach (Command child in Visible(command))
        {
            yield return prefix + child.Name;
            foreach (string deeper in Paths(child, prefix + child.Name + " "))
            {
                yield return deeper;
            }
        }
    }

    private static IEnumerable<(string Path, string Words)> Words(RootCommand root)
    {
        string everywhere = string.Join(' ', root.Options.Where(o => !o.Hidden).Select(o => o.Name));
        return Walk(root, "");

        IEnumerable<(string Path, string Words)> Walk(Command command, string path)
        {
            IEnumerable<string> own = Visible(command).Select(c => c.Name).Concat(
                command.Options.Where(o => !o.Hidden && !o.Recursive).Select(o => o.Name));
            yield return (path, string.Join(' ', own.Append(everywhere)));
            foreach (Command child in Visible(command))
            {
                foreach ((string Path, string Words) deeper in Walk(child, path.Length == 0 ? child.Name : path + " " + child.Name))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static string Quote(string? text) => "'" + (text ?? "").Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
