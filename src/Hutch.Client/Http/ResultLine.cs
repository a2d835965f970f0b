using Hutch.Model.Contracts;

namespace Hutch.Client.Http;

/// <summary>One line of a stream of results: a row, or the end.</summary>
internal readonly record struct ResultLine(ResultRow? Row, ResultsEnd? End);
