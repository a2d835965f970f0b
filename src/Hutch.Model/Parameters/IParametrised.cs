namespace Hutch.Model.Parameters;

/// <summary>An operation that is started with parameters: an analysis step or a maintenance task.</summary>
public interface IParametrised
{
    /// <summary>The name in messages, such as <c>step 'spots'</c>.</summary>
    string What { get; }

    IReadOnlyList<ParameterDeclaration> Parameters { get; }

    /// <summary>Checks values, each of which is valid alone, against each other; returns the error, or null.</summary>
    Func<ParameterValues, HutchError?>? CheckTogether { get; }
}
