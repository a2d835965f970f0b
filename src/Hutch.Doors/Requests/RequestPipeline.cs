using Hutch.Datasets;
using Hutch.Zone.Credentials;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Hutch.Doors.Requests;

/// <summary>The steps of every request, at every door. A door overrides what its protocol does differently.</summary>
/// <remarks>
/// The flow of a request; the code repeats the numbers:
/// <para>1. <see cref="Begin"/> sets the first headers of the answer, and makes the record of the exchange.</para>
/// <para>2. A request with two lengths is refused at each path: a proxy in front of the server knows nothing of doors.</para>
/// <para>3. <see cref="ReadTarget"/> reads the path, and refuses one that the door does not have.</para>
/// <para>
/// 4. The view is synchronized, so that the answer shows all that was acknowledged before. Without the database, a door may continue with
/// remembered rights (<see cref="MayUseRememberedRights"/>).
/// </para>
/// <para>5. <see cref="FindCallerAsync"/> finds the caller by its credential.</para>
/// <para>6. <see cref="Enter"/> adds the request to the active ones, among which bytes and work are shared.</para>
/// <para>7. <see cref="RunAsync"/> answers.</para>
/// <para>
/// 8. An exception becomes an error in the format of the door (<see cref="ToError"/>, <see cref="WriteErrorAsync"/>). Where a part of an
/// answer was sent, <see cref="CutAsync"/> ends the connection. A client that is gone gets nothing.
/// </para>
/// <para>9. <see cref="Finish"/> counts and logs.</para>
/// </remarks>
/// <typeparam name="TExchange">The record of one request and its answer; the request itself for a door without one.</typeparam>
/// <typeparam name="TError">An error of the door's protocol.</typeparam>
/// <param name="view">The view that is synchronized; null for a door whose services do so themselves.</param>
public abstract class RequestPipeline<TExchange, TError>(ReadView? view, ILogger logger)
{
    /// <summary>The log, in the category of the door.</summary>
    protected ILogger Logger { get; } = logger;

    public async Task AnswerAsync(HttpContext http)
    {
        // Step 1.
        TExchange exchange = Begin(http);
        bool isGone = false;
        try
        {
            // Step 2.
            RejectTwoLengths(http);
            // Step 3.
            ReadTarget(http, exchange);
            // Step 4.
            using IDisposable? moment = view?.BeginRequest();
            bool isCurrent = view is null || !NeedsView(http) || await SyncViewAsync(view, http, exchange);
            // Step 5.
            Result<Caller> found = await FindCallerAsync(http, exchange);
            if (found.TryGet(out Caller? caller, out HutchError? refusal))
            {
                caller = isCurrent ? caller : caller.AsRemembered();
                // Step 6.
                using IDisposable? scope = Enter(http, exchange, caller);
                // Step 7.
                await RunAsync(http, exchange, caller);
            }
            else
            {
                await RefuseAsync(http, exchange, refusal.ToException());
            }
        }
        catch (Exception e) when (IsGone(http, e))
        {
            // The client went away, or the server stops and has waited long enough: there is no client to answer.
            isGone = true;
            http.Abort();
        }
        catch (Exception e)
        {
            // Step 8.
            await RefuseAsync(http, exchange, e);
        }

        // Step 9.
        Finish(http, exchange, isGone);
    }

    protected abstract TExchange Begin(HttpContext http);

    protected virtual void ReadTarget(HttpContext http, TExchange exchange)
    {
    }

    /// <summary>Returns false for a request whose answer does not depend on other servers.</summary>
    protected virtual bool NeedsView(HttpContext http) => true;

    /// <summary>Returns true if a request may be answered with remembered rights when the view cannot be synchronized.</summary>
    protected virtual bool MayUseRememberedRights(HttpContext http, TExchange exchange) => false;

    protected virtual ValueTask<Result<Caller>> FindCallerAsync(HttpContext http, TExchange exchange) => new(Caller.Anonymous);

    protected virtual IDisposable? Enter(HttpContext http, TExchange exchange, Caller caller) => null;

    protected abstract Task RunAsync(HttpContext http, TExchange exchange, Caller caller);

    /// <summary>Maps an exception to the error for the client; <paramref name="isFault"/> is true if the log must have it.</summary>
    protected abstract TError ToError(HttpContext http, TExchange exchange, Exception exception, out bool isFault);

    /// <summary>Answers with an error. Nothing of an answer was sent.</summary>
    protected abstract Task WriteErrorAsync(HttpContext http, TExchange exchange, TError refusal);

    /// <summary>Ends a partly sent answer. Only a closed connection tells the client that the rest is missing.</summary>
    protected virtual ValueTask CutAsync(HttpContext http, TError refusal)
    {
        http.Abort();
        return ValueTask.CompletedTask;
    }

    /// <param name="isGone">True if there was no client to answer any more.</param>
    protected virtual void Finish(HttpContext http, TExchange exchange, bool isGone)
    {
        if (Logger.IsEnabled(LogLevel.Debug))
        {
            RequestLog.Answered(Logger, http.Request.Method, http.Request.Path, http.Response.StatusCode, http.TraceIdentifier);
        }
    }

    protected virtual void LogFault(HttpContext http, TExchange exchange, Exception exception) =>
        RequestLog.Failed(Logger, http.Request.Method, http.Request.Path, http.TraceIdentifier, exception);

    /// <summary>Adds a request to the active ones. Callers without an account are distinguished by their network.</summary>
    protected static IDisposable BeginScope(
        ActiveRequests requests, HttpContext http, Caller caller, string door, string what,
        RequestClass requestClass = RequestClass.Interactive) =>
        requests.Begin(
            caller.Name, requestClass, door, what, caller.IsUser ? null : AttemptLimiter.AddressKey(http.Connection.RemoteIpAddress));

    private static void RejectTwoLengths(HttpContext http)
    {
        if (BodyLength.IsSaidTwice(http.Request))
        {
            http.Response.Headers.Connection = "close";
            throw ErrorCode.BadRequest.With(BodyLength.SaidTwice).ToException();
        }
    }

    /// <summary>Returns true if the view is current, and false if the request continues with remembered rights.</summary>
    private async ValueTask<bool> SyncViewAsync(ReadView synced, HttpContext http, TExchange exchange)
    {
        try
        {
            await synced.SyncViewAsync(http.RequestAborted);
            return true;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable && MayUseRememberedRights(http, exchange))
        {
            return false;
        }
    }

    private async Task RefuseAsync(HttpContext http, TExchange exchange, Exception exception)
    {
        TError error = ToError(http, exchange, exception, out bool isFault);
        if (isFault)
        {
            LogFault(http, exchange, exception);
        }

        if (http.Response.HasStarted)
        {
            await CutAsync(http, error);
            return;
        }

        await WriteErrorAsync(http, exchange, error);
    }

    private static bool IsGone(HttpContext http, Exception exception) => exception switch
    {
        OperationCanceledException when http.RequestAborted.IsCancellationRequested => true,
        ConnectionAbortedException or ConnectionResetException => true,
        { InnerException: { } inner } => IsGone(http, inner),
        _ => false,
    };
}
