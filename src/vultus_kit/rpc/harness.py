"""What surrounds every call of a room: admission, errors as statuses, metrics, one log line."""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import grpc

from vultus.errors import ServiceUnavailableError, VultusError
from vultus_kit.rpc.errors import DETAILS_KEY, OverloadedError, status_code, to_status
from vultus_kit.telemetry.logs import log_event
from vultus_kit.telemetry.metrics import counter, gauge, histogram

LOGGER = logging.getLogger("vultus.rpc")
EXEMPT = ("/grpc.health.", "/grpc.reflection.")
"""Methods that are answered whatever the room's state."""

_SHAPES = {
    (False, False): ("unary", grpc.unary_unary_rpc_method_handler),
    (False, True): ("server_stream", grpc.unary_stream_rpc_method_handler),
    (True, False): ("client_stream", grpc.stream_unary_rpc_method_handler),
    (True, True): ("bidi_stream", grpc.stream_stream_rpc_method_handler),
}
"""By whether requests and responses stream."""


class _Call:
    """One call in flight and its labels."""

    def __init__(self, room: str, shape: str, method: str) -> None:
        service, name = method.strip("/").split("/")
        self.labels = {"room": room, "grpc_type": shape, "grpc_service": service, "grpc_method": name}
        self.code = grpc.StatusCode.OK
        self._received = counter("grpc_server_msg_received_total", **self.labels)
        self._sent = counter("grpc_server_msg_sent_total", **self.labels)

    def received(self) -> None:
        """Count a message that arrived."""
        self._received.inc()

    def sent(self) -> None:
        """Count a message that was sent."""
        self._sent.inc()

    async def counted(self, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The requests of a stream, counted."""
        async for request in requests:
            self.received()
            yield request

    def ended(self, duration_s: float, request_id: str) -> None:
        """Count and log the end of the call."""
        counter("grpc_server_handled_total", **self.labels, grpc_code=self.code.name).inc()
        histogram("grpc_server_handling_seconds", **self.labels).observe(duration_s)
        log_event(
            LOGGER,
            "call",
            room=self.labels["room"],
            method=self.labels["grpc_method"],
            code=self.code.name,
            duration_s=round(duration_s, 6),
            request_id=request_id,
        )


class Harness(grpc.aio.ServerInterceptor):
    """Surrounds every call but health and reflection.

    Args:
        room: Name of the room, a label.
        call_limit: Calls at the same time; more are refused with RESOURCE_EXHAUSTED.
    """

    def __init__(self, room: str, call_limit: int) -> None:
        self._room = room
        self._call_limit = call_limit
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.draining = False

    async def wait_until_idle(self) -> None:
        """Wait for the calls in flight."""
        await self._idle.wait()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler:
        """Surround the handler of one call."""
        handler = await continuation(handler_call_details)
        method: str = handler_call_details.method
        if handler is None or method.startswith(EXEMPT):
            return handler
        shape, make = _SHAPES[handler.request_streaming, handler.response_streaming]
        behaviour = (
            handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        )
        surround = self._streaming if handler.response_streaming else self._unary
        return make(
            surround(behaviour, shape, method, handler.request_streaming),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _unary(self, behaviour: Callable, shape: str, method: str, request_streaming: bool) -> Callable:
        async def answer(request: Any, context: grpc.aio.ServicerContext) -> Any:
            call = _Call(self._room, shape, method)
            async with self._surround(call, context):
                response = await behaviour(_counted(call, request, request_streaming), context)
                call.sent()
                return response

        return answer

    def _streaming(self, behaviour: Callable, shape: str, method: str, request_streaming: bool) -> Callable:
        async def answer(request: Any, context: grpc.aio.ServicerContext) -> None:
            call = _Call(self._room, shape, method)
            async with self._surround(call, context):
                responses = behaviour(_counted(call, request, request_streaming), context)
                # Closed here, not by the collector: a cancelled call stops its work at once.
                async with aclosing(responses):
                    async for response in responses:
                        await context.write(response)
                        call.sent()

        return answer

    @asynccontextmanager
    async def _surround(self, call: _Call, context: grpc.aio.ServicerContext) -> AsyncIterator[None]:
        request_id = dict(context.invocation_metadata() or ()).get("x-request-id") or uuid.uuid4().hex
        counter("grpc_server_started_total", **call.labels).inc()
        started = time.perf_counter()
        self._enter()
        try:
            self._admit()
            yield
        except VultusError as error:
            call.code = status_code(error)
            await context.abort_with_status(_Status(error))
        except (asyncio.CancelledError, GeneratorExit):
            remaining = context.time_remaining()
            late = remaining is not None and remaining <= 0
            call.code = grpc.StatusCode.DEADLINE_EXCEEDED if late else grpc.StatusCode.CANCELLED
            raise
        except grpc.aio.AbortError:
            call.code = grpc.StatusCode.UNKNOWN
            raise
        except Exception as error:  # noqa: BLE001 - the one place where a bug becomes a status
            call.code = grpc.StatusCode.INTERNAL
            await context.abort_with_status(_Status(self._bug(error, request_id)))
        finally:
            self._leave()
            call.ended(time.perf_counter() - started, request_id)

    def _enter(self) -> None:
        self._in_flight += 1
        self._idle.clear()
        gauge("vultus_calls_in_flight", room=self._room).inc()

    def _leave(self) -> None:
        self._in_flight -= 1
        gauge("vultus_calls_in_flight", room=self._room).dec()
        if self._in_flight == 0:
            self._idle.set()

    def _admit(self) -> None:
        if self.draining:
            raise ServiceUnavailableError(
                f"the {self._room} room is stopping", remedy="try again", metadata={"room": self._room}
            )
        if self._in_flight > self._call_limit:
            raise OverloadedError(
                f"the {self._room} room answers {self._call_limit} calls already",
                remedy="try again later, or raise its call limit",
                metadata={"room": self._room, "call_limit": self._call_limit},
            )

    def _bug(self, error: Exception, request_id: str) -> VultusError:
        LOGGER.error("bug", exc_info=error, extra={"fields": {"room": self._room, "request_id": request_id}})
        bug = VultusError(
            f"something went wrong inside the {self._room} room",
            remedy=f"its log has the details under id {request_id}",
            metadata={"room": self._room, "id": request_id},
        )
        bug.reason = "INTERNAL"
        return bug


class _Status(grpc.Status):
    """What `abort_with_status` wants, of an error."""

    def __init__(self, error: VultusError) -> None:
        self.code = status_code(error)
        status = to_status(error)
        self.details = status.message
        self.trailing_metadata = ((DETAILS_KEY, status.SerializeToString()),)


def _counted(call: _Call, request: Any, streaming: bool) -> Any:
    if streaming:
        return call.counted(request)
    call.received()
    return request
