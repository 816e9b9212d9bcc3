@beyond @external-2
Feature: B.3 Transfers that fail, of a held call, and with consultation
  The targets of the guide answer. Others are busy, cannot be reached or do not answer: the call
  then comes back to Teams or ends, as the PBX is configured (`expect.failed_transfer`), but never
  stays between the two. Calls are also transferred while on hold, and with consultation: REFER
  with Replaces (RFC 3891).

  @beyond-3.1
  Scenario: A blind transfer to a busy number
    Given the PBX supports REFER
    And User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When blind transfer the call to another external number, Teams staying until it answers
    Then the external number rings
    When the call is refused with 486 Busy Here
    Then the call comes back to Teams or ends, as the PBX is configured

  @beyond-3.2
  Scenario: A blind transfer to an extension where nobody is registered
    Given the PBX supports REFER
    And User B is registered nowhere
    And User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When blind transfer the call to User B's extension number, Teams staying until it answers
    Then the call comes back to Teams or ends, as the PBX is configured

  @beyond-3.3
  Scenario: A blind transfer to a number that does not answer
    Given the PBX supports REFER
    And User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When blind transfer the call to another external number, Teams staying until it answers
    Then the external number rings
    When let it ring for 15 seconds
    And the call is refused with 480 Temporarily Unavailable
    Then the call comes back to Teams or ends, as the PBX is configured

  @beyond-3.4
  Scenario: A call is blind transferred while it is on hold
    Given the PBX supports REFER
    And User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When place the call on hold in Teams
    And blind transfer the call to another external number
    Then the external number rings
    When answer the call
    Then 2-way audio is established between the two external devices
    And Teams hangs up

  @beyond-3.5
  Scenario: A call is transferred with consultation
    Given the PBX supports REFER
    And User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When place the call on hold in Teams
    And from User A's Teams client, dial another external number
    Then the external number rings
    When answer the call
    Then 2-way audio is established
    When complete the transfer of the held call to the other
    Then 2-way audio is established between the two external devices
    And the transferred party is shown whom it talks to
    And both calls of Teams end
