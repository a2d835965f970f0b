namespace Hutch.Commands.Hosting;

/// <summary>
/// Declares and adds the arguments and options of a verb. The fields of a verb are made before the constructor of <see cref="Verb"/> runs,
/// which adds them in their order; what is declared later is added at once.
/// </summary>
internal sealed class VerbDeclaration(CliHost host)
{
    private readonly List<Symbol> _declared = [];
    private Command? _command;

    internal CliHost Host { get; } = host;

    internal bool IsHidden { get; private set; }

    public static implicit operator VerbDeclaration(CliHost host) => new(host);

    /// <param name="names">The names and, unless it is a flag, a word for the value, as in <c>--limit -n N</c>.</param>
    internal Option<T> Option<T>(string names, string description)
    {
        string[] words = names.Split(' ');
        int end = Array.FindLastIndex(words, static word => word.StartsWith('-')) + 1;
        return Add(new Option<T>(words[0], words[1..end])
        {
            Description = description,
            HelpName = end < words.Length ? string.Join(' ', words[end..]) : null,
        });
    }

    /// <summary>An option that the verb cannot do without.</summary>
    internal Option<T> Required<T>(string names, string description)
    {
        Option<T> option = Option<T>(names, description);
        option.Required = true;
        return option;
    }

    /// <param name="arity">Null for what the type says.</param>
    internal Argument<T> Argument<T>(string name, string description, ArgumentArity? arity = null)
    {
        var argument = new Argument<T>(name) { Description = description };
        if (arity is { } given)
        {
            argument.Arity = given;
        }

        return Add(argument);
    }

    internal T Add<T>(T symbol)
        where T : Symbol
    {
        _declared.Add(symbol);
        if (_command is not null)
        {
            AddTo(_command, symbol);
        }

        return symbol;
    }

    /// <summary>Adds an option that several verbs share.</summary>
    internal VerbDeclaration With(Option shared)
    {
        Add(shared);
        return this;
    }

    /// <summary>Leaves the verb out of the help: only other programs use it.</summary>
    internal VerbDeclaration Hide()
    {
        IsHidden = true;
        return this;
    }

    internal void AddTo(Command command)
    {
        command.Hidden = IsHidden;
        _declared.ForEach(symbol => AddTo(command, symbol));
        _command = command;
    }

    private static void AddTo(Command command, Symbol symbol)
    {
        if (symbol is Argument argument)
        {
            command.Add(argument);
        }
        else
        {
            command.Add((Option)symbol);
        }
    }
}
