using System.CommandLine.Completions;

namespace Hutch.Commands.Output;

/// <summary>
/// Shell scripts that complete a command tree. They hold its words themselves, so that completing starts no process; only the names of
/// datasets are asked for.
/// </summary>
internal static class CompletionScript
{
    internal const string DatasetsVerb = "complete-datasets";

    private const string Matches = "compgen -W \"$words\" -- \"$current\"";

    // zsh has no mapfile.
    private const string BashReply = $"mapfile -t COMPREPLY < <({Matches})";

    private const string Datasets = $"$(hutch {DatasetsVerb} \"$path\" \"$current\" 2>/dev/null)";

    private sealed record Place(string Path, Command Command)
    {
        internal string InQuotes(string word) => $"'{(Path.Length == 0 ? "" : " " + Path)}{word}'";
    }

    internal static string Bash(RootCommand root)
    {
        Place[] places = [.. Places(root, "")];
        string withValues = string.Join(" | ", places.SelectMany(p => p.Command.Options).Where(TakesValue).SelectMany(NamesOf).Distinct());
        string everywhere = string.Join(' ', root.Options.Where(o => !o.Hidden).Select(o => o.Name));
        var script = new StringBuilder($$"""
            # bash completion for hutch; made by `hutch completion bash`
            _hutch() {
                local path='' given=0 words='' word i
                local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
                if [[ $current == '=' ]]; then current=''; elif [[ $option == '=' ]]; then option=${COMP_WORDS[COMP_CWORD-2]}; fi
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    case "$path $word" in
                        {{string.Join(" | ", places.Where(p => p.Path.Length > 0).Select(p => p.InQuotes("")))}})
                            path="$path $word" given=0; continue ;;
                    esac
                    case "$word" in
                        {{withValues}}) if [[ ${COMP_WORDS[i+1]} == '=' ]]; then i=$((i + 2)); else i=$((i + 1)); fi ;;
                        -* | '=') ;;
                        *) given=$((given + 1)) ;;
                    esac
                done
                case "$path $option" in

            """);
        AppendCases(script, "        ", "", places.SelectMany(
            p => p.Command.Options.SelectMany(o => NamesOf(o).Select(name => (p.InQuotes(" " + name), WordsOf(o))))));
        script.Append($"        *' '{withValues.Replace(" | ", " | *' '", StringComparison.Ordinal)}) ;;\n        *)\n");
        script.Append("            case \"$path\" in\n");
        foreach (Place node in places)
        {
            IEnumerable<string> own = Visible(node.Command).Select(c => c.Name).Concat(
                node.Command.Options.Where(o => !o.Hidden && !o.Recursive).Select(o => o.Name));
            script.Append($"                {node.InQuotes("")}) words='{string.Join(' ', own.Append(everywhere))}' ;;\n");
        }

        script.Append("            esac\n            [[ $current == -* ]] || case \"$path $given\" in\n");
        AppendCases(script, "                ", "$words ", places.SelectMany(p => p.Command.Arguments.Select(
            (a, i) => (a.Arity.MaximumNumberOfValues > 1 ? p.InQuotes(" ") + "*" : p.InQuotes($" {i}"), WordsOf(a)))));
        return script.Append("            esac ;;\n    esac\n    " + BashReply + "\n}\ncomplete -o default -F _hutch hutch\n").ToString();
    }

    /// <summary>
    /// zsh runs the bash script through its bash layer. From a folder of functions it runs it at the first completion only, which the last
    /// line then answers.
    /// </summary>
    internal static string Zsh(RootCommand root) =>
        "#compdef hutch\n# zsh completion for hutch; made by `hutch completion zsh`\nautoload -U +X bashcompinit && bashcompinit\n"
        + Bash(root).Replace(BashReply, $"COMPREPLY=($({Matches}))", StringComparison.Ordinal)
        + "[[ ${funcstack[1]} != _hutch ]] || _bash_complete -o default -F _hutch\n";

    internal static string Fish(RootCommand root)
    {
        var script = new StringBuilder("# fish completion for hutch; made by `hutch completion fish`\n");
        foreach (Command verb in Visible(root))
        {
            string seen = $"complete -c hutch -n '__fish_seen_subcommand_from {verb.Name}'";
            script.Append($"complete -c hutch -n __fish_use_subcommand -f -a {verb.Name} -d {Quote(verb.Description)}\n");
            foreach (Command child in Visible(verb))
            {
                script.Append($"{seen} -f -a {child.Name} -d {Quote(child.Description)}\n");
            }

            foreach (Option option in verb.Options.Concat(Visible(verb).SelectMany(c => c.Options)).Where(o => !o.Hidden && !o.Recursive))
            {
                script.Append($"{seen} -l {option.Name.TrimStart('-')} -d {Quote(option.Description)}");
                script.Append(WordsOf(option) is { } words ? $" -x -a {InFish(words, verb)}\n" : TakesValue(option) ? " -r\n" : "\n");
            }

            IEnumerable<Argument> arguments = verb.Arguments.Concat(Visible(verb).SelectMany(c => c.Arguments));
            foreach (string words in arguments.Select(WordsOf).OfType<string>().Distinct())
            {
                script.Append($"{seen} -a {InFish(words, verb)}\n");
            }
        }

        foreach (Option option in root.Options.Where(o => !o.Hidden))
        {
            script.Append($"complete -c hutch -l {option.Name.TrimStart('-')} -d {Quote(option.Description)}");
            script.Append(TakesValue(option) ? " -r\n" : "\n");
        }

        return script.ToString();
    }

    private static void AppendCases(
        StringBuilder script, string indent, string before, IEnumerable<(string Pattern, string? Words)> cases)
    {
        foreach (var same in cases.Where(c => c.Words is not null).GroupBy(c => c.Words, c => c.Pattern))
        {
            script.Append(indent).AppendJoin(" | ", same).Append($") words=\"{before}{same.Key}\" ;;\n");
        }
    }

    private static string InFish(string words, Command verb) => Quote(
        words == Datasets ? $"(hutch {DatasetsVerb} {verb.Name} (commandline -ct) 2>/dev/null)" : words);

    private static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(c => !c.Hidden);

    private static IEnumerable<Place> Places(Command command, string path) => Visible(command)
        .SelectMany(c => Places(c, path.Length == 0 ? c.Name : path + " " + c.Name)).Prepend(new Place(path, command));

    private static IEnumerable<string> NamesOf(Option option) => option.Aliases.Prepend(option.Name);

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;

    private static string? WordsOf(Option option) => TakesValue(option) ? WordsOf(option, option.HelpName ?? "") : null;

    private static string? WordsOf(Argument argument) => WordsOf(argument, argument.Name.ToUpperInvariant());

    /// <summary>The possible values of a symbol, as a word list of bash; null when unknown.</summary>
    private static string? WordsOf(Symbol symbol, string name)
    {
        string words = string.Join(' ', symbol.GetCompletions(CompletionContext.Empty).Select(c => c.Label));
        return name == "DATASET" ? Datasets : words.Length > 0 ? words : null;
    }

    private static string Quote(string? text) => "'" + (text ?? "").Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
