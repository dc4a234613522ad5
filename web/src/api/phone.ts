import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { request } from "./http.ts";

export interface PhoneNumber {
  phone_number: string;
  friendly_name: string;
}

export interface Message {
  sid: string;
  from: string;
  to: string;
  body: string;
  status: string;
}

/** How often the page looks for answers. */
const LOOK_MS = 1500;

/** Lists the numbers that can be called; there is such a list in development mode only. */
export function useNumbers(isDevelopment: boolean) {
  return useQuery({
    queryKey: ["phone numbers"],
    enabled: isDevelopment,
    queryFn: () => request<{ phone_numbers: PhoneNumber[] }>("GET", "/v1/dev/phone-numbers"),
  });
}

const keyOf = (contact: string, number: string) => ["messages", contact, number];

/** Follows the messages between a person and a number. */
export function useMessages(contact: string, number: string) {
  const query = new URLSearchParams({ Contact: contact, Number: number });
  return useQuery({
    queryKey: keyOf(contact, number),
    enabled: contact !== "" && number !== "",
    refetchInterval: LOOK_MS,
    queryFn: () => request<{ messages: Message[] }>("GET", `/v1/dev/messages?${query}`),
  });
}

/** Sends a message as a person outside would. */
export function useSendMessage(contact: string, number: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: string) =>
      request<Message>("POST", "/v1/dev/inbound-messages", { From: contact, To: number, Body: body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keyOf(contact, number) }),
  });
}
