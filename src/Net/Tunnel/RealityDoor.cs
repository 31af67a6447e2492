using Karez.Camouflage.Reality;
using Karez.Crypto;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Tls;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>
/// Where connections arrive at a node: ours are let in, everyone else is carried to the target and never knows.
/// </summary>
/// <remarks>
/// <code>
///  1 connect to the target (paced)
///  2 every chunk from the client goes on to the target as it came; the gate reads along
///    - the target speaks first, or the gate says "stranger"  ->  carry both ways until the end
///    - the gate says "ours"                                  ->  3
///  3 collect the target's flight; one that cannot be borrowed  ->  hand it over, carry both ways until the end
///  4 answer with our flight in its shape, let the target go, wait for the client's Finished
///  5 send what the target would send now (tickets), and the tunnel is open
/// </code>
/// </remarks>
public sealed class RealityDoor(DoorPlan plan)
{
    /// <summary>The group that the target chose last: a guess for the next time.</summary>
    private volatile NamedGroup _group = NamedGroup.X25519MLKEM768;

    /// <summary>Lets one connection in, or carries it to the target until it ends.</summary>
    /// <param name="client">The connection; the caller disposes it when null comes back.</param>
    /// <returns>The admission, or null when all that can be done has been done.</returns>
    public async ValueTask<Admission?> AdmitAsync(Connection client)
    {
        ArgumentNullException.ThrowIfNull(client);
        await plan.TargetPace.TakeAsync(client.Loop);
        Connection target;
        try
        {
            target = await TargetDial.ConnectAsync(
                client.Loop, plan.Target(), plan.TargetConnectTimeout, plan.AnnouncesCallers, client);
        }
        catch (ConnectionException exception)
        {
            // A server whose back end is away: TCP answered, nothing else will (docs/protocols/strangers.md).
            if (exception.Fault is ConnectionFault.Refused or ConnectionFault.Reset)
                client.Reset();
            return null;
        }

        using (target)
        {
            using var visit = new Visit(this, plan, client, target);
            return await visit.RunAsync();
        }
    }

    /// <summary>One connection's way through the door.</summary>
    private sealed class Visit(RealityDoor door, DoorPlan plan, Connection client, Connection target)
        : IDisposable
    {
        private readonly RealityGate _gate = new(plan.Rules(), plan.Memory);
        private GateVerdict _verdict = GateVerdict.NeedInput;
        private Task<RealityAnswer?>? _answer;
        private Task<bool> _isKept = Task.FromResult(true);

        public void Dispose()
        {
            _gate.Dispose();
            if (_answer is not null)
                client.Loop.Start(ForgetAsync, _answer);
        }

        public async ValueTask<Admission?> RunAsync()
        {
            var fromClient = ReadAlongAsync().AsTask();
            try
            {
                await target.WaitReadableAsync();
            }
            catch (ConnectionException)
            {
                // Carrying finds out the same and passes it on.
            }

            if (_verdict != GateVerdict.Ours)
            {
                // Also when the target speaks first: whoever hears it must hear all of it.
                _verdict = GateVerdict.Stranger;
                await Forwarding.CarryAsync(target, client, plan.StrangerCare);
                await fromClient;
                return null;
            }

            return await fromClient ? await WelcomeAsync() : null;
        }

        /// <summary>
        /// Carries client to target with the gate reading along; true when the client turned out ours.
        /// </summary>
        private async ValueTask<bool> ReadAlongAsync()
        {
            try
            {
                while (_verdict == GateVerdict.NeedInput)
                {
                    await client.WaitReadableAsync();
                    // As large as later reads: the target must not see its octets cut where only a node would cut.
                    using var buffer = client.Loop.Buffers.Rent(BufferSize.Read);
                    var room = plan.StrangerCare.Room(buffer.Memory);
                    while (_verdict == GateVerdict.NeedInput && client.TryRead(room.Span, out var count))
                    {
                        if (count == 0)
                        {
                            Forwarding.End(client, target);
                            return false;
                        }

                        // The chunk is on its way before it is judged, so that judging takes no stranger's time.
                        var write = target.WriteAsync(room[..plan.StrangerCare.Passed(count, room.Length)]);
                        var now = plan.Time.GetUtcNow().ToUnixTimeSeconds();
                        _verdict = _gate.Feed(room.Span[..count], now);
                        if (_verdict == GateVerdict.Ours && plan.Keep is { } keep)
                            _isKept = keep(_gate.HelloKey, _gate.Claim.UnixSeconds, now).AsTask();
                        await write;
                    }
                }
            }
            catch (ConnectionException)
            {
                if (client.PeerEnd == ConnectionEnd.Reset)
                    target.Reset();
                else if (target.PeerEnd == ConnectionEnd.Reset)
                    client.Reset();
                return false;
            }

            if (_verdict == GateVerdict.Ours)
            {
                var (hello, group, authKey) = (_gate.Hello.ToArray(), door._group, new Secret(_gate.AuthKey.Octets));
                _answer = plan.Workers.RunAsync(() =>
                {
                    using (authKey)
                        return RealityAnswer.Prepare(plan.Identity, authKey.Octets, hello, group, plan.Entropy);
                }).AsTask();
                return true;
            }

            if (plan.StrangerCare.TurnsAway(_gate.Fault))
            {
                client.Dispose();
                target.Dispose();
                return false;
            }

            await Forwarding.CarryAsync(client, target, plan.StrangerCare);
            return false;
        }

        private async ValueTask<Admission?> WelcomeAsync()
        {
            using var limit = new LoopTimer(client.Loop, () =>
            {
                client.Abort(ConnectionFault.TimedOut);
                target.Abort(ConnectionFault.TimedOut);
            });
            limit.Set(plan.HandshakeTimeout);
            var flight = new TargetFlight();
            using var heard = client.Loop.Buffers.Rent(BufferSize.Records);
            try
            {
                var length = await HearFlightAsync(flight, heard);
                if (length < 0)
                    return await HandOverAsync(heard.Memory[..~length], limit);

                // On disk before it is let in: beside the target's answer, which mostly takes longer.
                if (!await _isKept)
                    return await HandOverAsync(heard.Memory[..length], limit);
                using var handshake = new RealityHandshake(plan.Identity, _gate, flight, plan.Entropy)
                {
                    Prepared = await _answer!, // begun when the gate said "ours"
                };
                using var output = client.Loop.Buffers.Rent(BufferSize.Records);
                var written = await WriteFlightAsync(handshake, output);
                if (written < 0)
                    return await HandOverAsync(heard.Memory[..length], limit);
                door._group = handshake.Group;
                await client.WriteAsync(output.Memory[..written]);
                target.Dispose();
                return await FinishAsync(handshake, output);
            }
            catch (ConnectionException)
            {
                return null;
            }
        }

        /// <summary>Octets of our flight, or -1. An ML-DSA signature takes too long for a loop.</summary>
        private async ValueTask<int> WriteFlightAsync(RealityHandshake handshake, Rented output)
        {
            return plan.Identity.HasMlDsa ? await plan.Workers.RunAsync(Write) : Write();

            int Write() => handshake.TryWriteFlight(output.Span, out var length) ? length : -1;
        }

        private static async ValueTask ForgetAsync(Task<RealityAnswer?> answer)
        {
            try
            {
                (await answer)?.Dispose();
            }
            catch (OperationCanceledException)
            {
                // The node stops, and nothing was made.
            }
        }

        /// <summary>Collects the target's flight. Returns its length, or the complement of what to hand over.</summary>
        private async ValueTask<int> HearFlightAsync(TargetFlight flight, Rented heard)
        {
            var length = 0;
            while (true)
            {
                int count;
                try
                {
                    count = await target.ReadAsync(heard.Memory[length..]);
                }
                catch (ConnectionException)
                {
                    return ~length; // handing it over finds out the same and passes it on
                }

                length += count;
                switch (flight.Parse(heard.Memory[..length]))
                {
                    case FlightStatus.Complete:
                        return length;
                    case FlightStatus.NeedInput when count > 0:
                        continue;
                    default:
                        return ~length;
                }
            }
        }

        /// <summary>
        /// The target's answer cannot be borrowed: the client gets it as it came, and all that follows.
        /// </summary>
        private async ValueTask<Admission?> HandOverAsync(ReadOnlyMemory<byte> heard, LoopTimer limit)
        {
            limit.Cancel();
            if (!heard.IsEmpty)
                await client.WriteAsync(heard);
            var up = Forwarding.CarryAsync(client, target, plan.StrangerCare).AsTask();
            await Forwarding.CarryAsync(target, client, plan.StrangerCare);
            await up;
            return null;
        }

        private async ValueTask<Admission?> FinishAsync(RealityHandshake handshake, Rented buffer)
        {
            var profile = plan.Profile(_gate.ServerName, _gate.Alpn);
            if (profile.MaxUseless > 0)
                handshake.MaxUseless = profile.MaxUseless;

            var end = _gate.Trailing.Length;
            _gate.Trailing.CopyTo(buffer.Span);
            var start = 0;
            while (true)
            {
                var status = handshake.Advance(buffer.Span[start..end], out var consumed);
                start += consumed;
                if (status == TlsStatus.Done)
                    break;
                if (status == TlsStatus.Failed || end == buffer.Length)
                {
                    var alert = handshake.WriteAlert(buffer.Span);
                    if (alert > 0)
                        await client.WriteAsync(buffer.Memory[..alert]);
                    return null;
                }

                var count = await client.ReadAsync(buffer.Memory[end..]);
                if (count == 0)
                    return null;
                end += count;
            }

            var session = handshake.TakeSession();
            var isAsked = HoldsRecord(buffer.Span[start..end]);
            var tunnel = new Tunnel(client, session, buffer.Span[start..end]);
            try
            {
                await ReplayAsync(profile.Draw(plan.Entropy, isAsked), session, buffer);
            }
            catch
            {
                tunnel.Dispose();
                throw;
            }

            return new Admission(tunnel, _gate.Claim, profile, isAsked && profile.Asked.Count > 0);
        }

        /// <summary>Whether a whole record came behind the Finished: a server reads both before it speaks.</summary>
        private static bool HoldsRecord(ReadOnlySpan<byte> behind) =>
            behind.Length >= RecordSealer.Headroom
            && behind.Length >= RecordSealer.Headroom + ((behind[3] << 8) | behind[4]);

        /// <summary>Sends what the target was seen to send after a client's Finished, write by write.</summary>
        private async ValueTask ReplayAsync(PostHandshake sequence, TlsSession session, Rented buffer)
        {
            foreach (var write in sequence.Writes)
            {
                var length = 0;
                foreach (var record in write)
                {
                    if (buffer.Length - length < record)
                        break;
                    length += session.Seal(buffer.Span, length + RecordSealer.Headroom, 0, record);
                }

                await client.WriteAsync(buffer.Memory[..length]);
            }
        }
    }
}
