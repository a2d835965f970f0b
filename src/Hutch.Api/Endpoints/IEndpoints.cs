using Hutch.Api.Documentation;

namespace Hutch.Api.Endpoints;

internal interface IEndpoints
{
    void Add(EndpointTable table);
}
