namespace Hutch.Model.Parameters;

/// <summary>Something that is started with parameters: an analysis step, a maintenance task.</summary>
public interface IParametrised
{
    /// <summary>What it is, for messages, such as <c>step 'spots'</c>.</summary>
    string What { get; }

    /// <summary>Its parameters.</summary>
    IReadOnlyList<ParameterDeclaration> Parameters { get; }

    /// <summary>Checks values that are valid one by one against each other; returns the error, or null.</summary>
    Func<ParameterValues, HutchError?>? CheckTogether { get; }
}
